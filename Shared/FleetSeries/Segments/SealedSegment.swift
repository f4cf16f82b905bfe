import FleetModel

/// One segment, ready to be appended to its lane: the bytes, and what the lane must know of them.
package struct SealedSegment: Sendable, Equatable {
    package let bytes: [UInt8]
    /// Samples, definitions or events, as its lane has it.
    package let recordCount: Int
    package let first: Timestamp
    package let last: Timestamp
    /// Catalogue entries that must be known to read it: the highest series number cited, plus one.
    package let watermark: UInt32

    package init(
        bytes: [UInt8],
        recordCount: Int,
        first: Timestamp,
        last: Timestamp,
        watermark: UInt32
    ) {
        self.bytes = bytes
        self.recordCount = recordCount
        self.first = first
        self.last = last
        self.watermark = watermark
    }
}
