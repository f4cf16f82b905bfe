/// Every number that bounds what one scrape may cost the ship.
///
/// What a series itself may be (labels, lengths of names and values) is bounded by
/// `FleetModel.Limits`, since ship and shore must agree on it.
package enum ScrapeLimits {
    /// Bytes of one exposition. The biggest common exporter (kube-state-metrics) gives 10–40 MB.
    package static let bodyBytes = 64 * 1024 * 1024

    /// The most that a target may be configured to: positions in the cache are 32 bits wide.
    package static let largestBodyBytes = 1024 * 1024 * 1024

    /// Samples of one exposition; at 113 bytes a sample about what `bodyBytes` holds.
    package static let samples = 500_000

    /// Bytes of one line: 64 labels of 2 kB each.
    package static let lineBytes = 128 * 1024

    /// Bytes of one number. No double needs more than 1,100 characters to be written exactly.
    package static let numberBytes = 2048

    /// How far an exporter's own timestamp may lie ahead of the ship's clock (Prometheus' number).
    package static let timestampAhead = Duration.seconds(600)

    /// Successful scrapes after which the text of a series that no longer appears is forgotten.
    package static let scrapesUnseen: UInt32 = 100

    /// Cached texts beyond twice the ones in use, after which the unused ones go at once: series
    /// whose names change with every scrape must not fill the memory (Prometheus' numbers).
    package static let unusedTexts = 1000
}
