import FleetModel

/// A piece of one segment of one lane.
package struct DataFrame: Sendable, Equatable {
    package let lane: Lane
    package let sequence: UInt64
    /// Where in the segment the payload starts, in bytes.
    package let offset: UInt64
    /// Set on the piece that ends the segment: how many records the segment holds, so that it can be
    /// accounted for even if it can't be decoded.
    package let recordCount: UInt64?
    /// 1…`Limits.framePayloadBytes` bytes.
    package let payload: [UInt8]

    package init(
        lane: Lane,
        sequence: UInt64,
        offset: UInt64,
        recordCount: UInt64?,
        payload: [UInt8]
    ) {
        self.lane = lane
        self.sequence = sequence
        self.offset = offset
        self.recordCount = recordCount
        self.payload = payload
    }

    /// The piece ends its segment.
    package var isLast: Bool { recordCount != nil }
}
