/// Every number that bounds what ship and shore exchange, each with its reason.
package enum Limits {
    /// Largest payload of one frame. 16 kB at 128 kbit/s is 1.0 s: the longest an alert waits.
    package static let framePayloadBytes = 16 * 1024

    /// Largest sealed segment. 256 kB at 128 kbit/s is 16 s, short against a ship's contact.
    package static let segmentBytes = 256 * 1024

    /// Largest segment once decompressed: what a decoder may allocate. 100,000 series × 8 bytes,
    /// ten times over.
    package static let segmentDecodedBytes = 8 * 1024 * 1024

    /// Samples in one segment: at the 0.3 bytes a well-compressed sample takes, what fits in 256 kB.
    package static let segmentSamples = 1_000_000

    /// Longest time one segment may span, so that a query knows how far back to look for blocks.
    package static let segmentSpan = Duration.seconds(2 * 3600)

    /// Active series of one ship: the agent's cost is measured up to this number.
    package static let seriesPerShip: UInt32 = 1_000_000

    /// Labels of one series, and bytes of one label's name and value: Prometheus' own defaults of
    /// large installations (Mimir: 30 labels, 1,024 bytes a name, 2,048 a value), doubled.
    package static let labelsPerSeries = 64
    package static let labelNameBytes = 1024
    package static let labelValueBytes = 4096

    /// One event's message, in bytes.
    package static let eventMessageBytes = 4096
    package static let eventKindBytes = 64

    /// One log record's message, four times what RFC 5424 asks receivers to take at least; and its
    /// host, program, process and message id, of which that allows 255 bytes to the longest.
    package static let logMessageBytes = 32 * 1024
    package static let logFieldBytes = 255

    /// Bytes that a ship may have sent and not yet heard a durable acknowledgement for: two
    /// seconds' worth of a 2 Mbit/s link at a 600 ms round trip, rounded up.
    package static let unacknowledgedBytes = 1024 * 1024

    /// Bytes received in a lane before the shore makes them durable, and the time it may wait.
    package static let durableEveryBytes = 64 * 1024
    package static let durableEvery = Duration.seconds(1)
}
