import FleetModel
import FleetSeries

/// A log segment, and what its block is found by.
struct DecodedLogs: Sendable {
    let first: Timestamp
    let last: Timestamp
    let recordCount: Int
    let gravest: LogRecord.Severity
    let filter: TrigramFilter

    init(_ bytes: [UInt8]) throws(SegmentError) {
        let records = try LogSegment.decode(bytes[...])
        guard let start = records.first else {
            throw SegmentError(.malformed, "a log segment without records")
        }
        var (first, last, gravest) = (start.at, start.at, start.severity)
        for record in records {
            first = min(first, record.at)
            last = max(last, record.at)
            gravest = min(gravest, record.severity)
        }
        self.first = first
        self.last = last
        self.gravest = gravest
        recordCount = records.count
        filter = TrigramFilter(of: records)
    }
}
