import FleetModel

/// Where one side believes a lane stands.
package struct LanePosition: Hashable, Sendable {
    package let lane: Lane
    /// The first segment that is not committed ashore.
    package var sequence: UInt64
    /// Bytes of that segment which are durable ashore.
    package var offset: UInt64
    /// Over all segments before `sequence`.
    package var chain: ChainDigest

    package init(lane: Lane, sequence: UInt64 = 0, offset: UInt64 = 0, chain: ChainDigest = .start)
    {
        self.lane = lane
        self.sequence = sequence
        self.offset = offset
        self.chain = chain
    }
}
