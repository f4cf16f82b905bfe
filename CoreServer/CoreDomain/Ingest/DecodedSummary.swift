import FleetSeries

/// A segment of the lane `summary`: either kind.
enum DecodedSummary: Sendable {
    case rollups(RollupSegment)
    case records(SummarySegment)

    init(_ bytes: [UInt8]) throws(SegmentError) {
        do throws(SegmentError) {
            self = .rollups(try RollupSegment.decode(bytes[...]))
        } catch {
            guard error.code == .wrongKind else { throw error }
            self = .records(try SummarySegment.decode(bytes[...]))
        }
    }

    var recordCount: Int {
        switch self {
        case .rollups(let segment): segment.rows.count
        case .records(let segment): segment.recordCount
        }
    }
}
