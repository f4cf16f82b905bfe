import FleetModel
import FleetSeries

/// The body of a compacted chunk: segments in sequence, the first a key segment and each later one
/// predicted from the one before; every one behind its length. Series numbers are the shore's ids.
enum SampleChunk {
    /// Calls `body` with every segment's groups.
    static func eachGroup(_ bytes: [UInt8], _ body: (SampleGroup) throws -> Void) throws {
        var reader = ByteReader(bytes)
        var context: SegmentContext?
        while reader.remaining > 0 {
            let length = try reader.readCount(limit: Limits.segmentBytes)
            let opened = try MetricsSegmentDecoder.decode(
                try reader.readBytes(length),
                context: context
            )
            context = opened.context
            for group in opened.segment.groups { try body(group) }
        }
    }
}
