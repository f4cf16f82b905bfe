/// What a link does to the connections that cross it.
///
/// "Up" is from whoever connects (the ship) to the upstream (the shore).
package struct LinkConditions: Sendable, Equatable {
    /// The time for a byte there and one back; half is added to each direction, and a new
    /// connection pays one before its first byte passes.
    package var roundTrip: Duration
    /// Capacity shared by all connections, in bit/s; 0 is unlimited.
    package var upBitsPerSecond: Int
    package var downBitsPerSecond: Int
    /// The part of segments (of 1,400 bytes) that is lost. TCP repairs that, so a lost segment holds
    /// its connection for a further round trip and takes the link's capacity twice.
    package var lossRatio: Double
    /// Each segment comes up to this much earlier or later, but never before the one ahead of it.
    package var jitter: Duration
    /// Connections are cut after a number of bytes, both directions summed, drawn from an
    /// exponential distribution with this mean; `nil` is never.
    package var cutMeanBytes: Int?
    /// Instead: the k-th connection is cut after exactly this many bytes, both directions summed.
    /// 0, and every connection after the last number, is not cut.
    package var cutAfterBytes: [Int]
    /// Where all chance comes from. What befalls a connection depends on the seed and its ordinal
    /// number; which of its bytes it befalls depends on the machine's timing too.
    package var seed: UInt64

    package init(
        roundTrip: Duration = .zero,
        upBitsPerSecond: Int = 0,
        downBitsPerSecond: Int = 0,
        lossRatio: Double = 0,
        jitter: Duration = .zero,
        cutMeanBytes: Int? = nil,
        cutAfterBytes: [Int] = [],
        seed: UInt64 = 1
    ) {
        self.roundTrip = roundTrip
        self.upBitsPerSecond = upBitsPerSecond
        self.downBitsPerSecond = downBitsPerSecond
        self.lossRatio = lossRatio
        self.jitter = jitter
        self.cutMeanBytes = cutMeanBytes
        self.cutAfterBytes = cutAfterBytes
        self.seed = seed
    }

    /// Nothing is added and nothing is cut.
    package static let perfect = LinkConditions()

    /// A geostationary satellite on a small contract: 600 ms, 128 kbit/s up, 512 kbit/s down.
    package static let geostationary = LinkConditions(
        roundTrip: .milliseconds(600),
        upBitsPerSecond: 128_000,
        downBitsPerSecond: 512_000
    )
}
