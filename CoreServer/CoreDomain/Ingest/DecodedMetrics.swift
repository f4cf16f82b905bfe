import FleetModel
import FleetSeries

/// A metrics segment's samples, and the blocks that hold them ashore: each can be read alone.
struct DecodedMetrics: Sendable {
    /// One row of `sample_blocks`.
    struct Block: Sendable {
        let first: Timestamp
        let last: Timestamp
        let sampleCount: Int
        let bytes: [UInt8]
    }

    let segment: MetricsSegment
    let blocks: [Block]
    /// The ship's bytes stand alone: a chain of predictions begins with them.
    let isKey: Bool

    init(_ bytes: [UInt8], chain: inout SegmentContext?) throws(SegmentError) {
        isKey = try MetricsSegmentDecoder.summary(of: bytes[...]).predecessor == nil
        let (segment, context) = try MetricsSegmentDecoder.decode(bytes[...], context: chain)
        chain = context
        self.segment = segment
        if isKey {
            blocks = [
                Block(
                    first: segment.first,
                    last: segment.last,
                    sampleCount: segment.sampleCount,
                    bytes: bytes
                )
            ]
        } else {
            blocks = try Self.seal(segment.batches()[...])
        }
    }

    /// Seals samples so that they can be read alone, in as few blocks as the limits allow.
    private static func seal(
        _ batches: ArraySlice<SampleBatch>
    ) throws(SegmentError) -> [Block] {
        do {
            var encoder = MetricsSegmentEncoder()
            let sealed = try encoder.encode(Array(batches))
            return [
                Block(
                    first: sealed.first,
                    last: sealed.last,
                    sampleCount: sealed.recordCount,
                    bytes: sealed.bytes
                )
            ]
        } catch {
            guard error.code == .tooLarge, batches.count > 1 else { throw error }
            let middle = batches.startIndex + batches.count / 2
            return try seal(batches[..<middle]) + seal(batches[middle...])
        }
    }
}
