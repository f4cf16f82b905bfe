import FleetModel
import FleetProtocol
import FleetSeries

/// A segment after decoding, which happens before the transaction: it costs time, not locks.
enum DecodedSegment: Sendable {
    case catalogue([SeriesDefinition])
    case metrics(DecodedMetrics)
    case events([FleetEvent])
    case summary(DecodedSummary)
    case logs(DecodedLogs)
    /// Can't be decoded: to be set aside.
    case bad(SegmentError)

    /// - Parameter chain: what the lane's metrics segments before this one left; moves on.
    init(_ segment: ReceiveSession.Segment, chain: inout PredictionChain) {
        do throws(SegmentError) {
            switch segment.lane {
            case .catalogue: self = .catalogue(try CatalogueSegment.decode(segment.bytes[...]))
            case .metrics:
                // Looked at before decoding: what a commit may decode is counted by the claims.
                let count = try MetricsSegmentDecoder.summary(of: segment.bytes[...]).sampleCount
                try Self.check(segment, holds: count)
                self = .metrics(try DecodedMetrics(segment.bytes, chain: &chain))
            case .backlog:
                // Each stands alone, and none is in the way of the lane of fresh samples.
                let count = try MetricsSegmentDecoder.summary(of: segment.bytes[...]).sampleCount
                try Self.check(segment, holds: count)
                var alone = PredictionChain()
                self = .metrics(try DecodedMetrics(segment.bytes, chain: &alone))
            case .events: self = .events(try EventSegment.decode(segment.bytes[...]))
            case .summary:
                let summary = try DecodedSummary(segment.bytes)
                try Self.check(segment, holds: summary.recordCount)
                self = .summary(summary)
            case .logs:
                let logs = try DecodedLogs(segment.bytes)
                try Self.check(segment, holds: logs.recordCount)
                self = .logs(logs)
            }
        } catch {
            self = .bad(error)
        }
    }

    private static func check(
        _ segment: ReceiveSession.Segment,
        holds count: Int
    ) throws(SegmentError) {
        guard segment.recordCount == UInt64(count) else {
            throw SegmentError(
                .malformed,
                "it holds \(count) records, and was sent as one of \(segment.recordCount)"
            )
        }
    }
}
