import FleetModel

/// How far the shore has one lane.
///
/// *Committed* data are decoded and in tables: the ship forgets them. *Durable* bytes survive a
/// crash ashore: they are not sent again, but the ship keeps them until they are committed.
package struct LaneAcknowledgement: Hashable, Sendable {
    package let lane: Lane
    /// The first segment that is not committed.
    package let committed: UInt64
    /// Durable bytes of that segment.
    package let durableOffset: UInt64

    package init(lane: Lane, committed: UInt64, durableOffset: UInt64) {
        self.lane = lane
        self.committed = committed
        self.durableOffset = durableOffset
    }
}
