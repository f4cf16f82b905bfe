/// Every number that bounds what those who write remotely may cost the ship.
package enum RemoteWriteLimits {
    /// Bytes of a request as sent, and once unpacked. Prometheus sends 2,000 samples at once by
    /// default, some 500 kB unpacked; vmagent's largest blocks are 8 MiB.
    package static let bodyBytes = 8 * 1024 * 1024
    package static let decodedBytes = 16 * 1024 * 1024

    /// Samples and series of one request.
    package static let samples = 500_000
    package static let series = 100_000

    /// Unpacked requests in memory at once, tables included, in bytes: room for the largest, and for
    /// more of the usual ones than a core reads at a time.
    package static let workingBytes = 16 * 1024 * 1024

    /// Symbols of one request (version 2).
    static let symbols = 200_000

    /// Series whose labels are remembered, so that they are read once, and bytes of those labels,
    /// which series share: 100,000 series of eleven take some 8 MB. What was not seen for a while
    /// goes first.
    package static let cachedSeries = 200_000
    static let cachedTextBytes = 32 * 1024 * 1024

    /// After which a series' text is forgotten if it is not seen again.
    static let unseenMinutes: UInt32 = 60

    /// Metric families whose type is remembered from metadata.
    static let families = 20_000

    /// Pairs of job and instance that are groups of their own in segments; what comes beyond shares
    /// one.
    static let groups = 512

    /// How far a sample may lie ahead of the ship's clock (Prometheus' own number), and behind: what
    /// is older was not meant for a ship's link.
    static let ahead = Duration.seconds(600)
    static let behind = Duration.seconds(31 * 86_400)

    /// How long a transaction waits for more requests to share it, unless so many samples are there.
    static let gather = Duration.milliseconds(20)
    static let gatheredSamples = 50_000

    /// Requests that are recognised when they are sent again.
    package static let rememberedRequests = 4096
}
