import FleetModel
import FleetSeries

/// A log segment, and what its block is found by.
struct DecodedLogs: Sendable {
    let first: Timestamp
    let last: Timestamp
    let recordCount: Int
    let gravest: LogRecord.Severity
    let filter: TrigramFilter
    /// Records by their day.
    let days: DayCounts

    init(_ bytes: [UInt8]) throws(SegmentError) {
        let records = try LogSegment.decode(bytes[...])
        guard let start = records.first else {
            throw SegmentError(.malformed, "a log segment without records")
        }
        var days = DayCounts()
        var (first, last, gravest) = (start.at, start.at, start.severity)
        for record in records {
            first = min(first, record.at)
            last = max(last, record.at)
            gravest = min(gravest, record.severity)
            days.add(1, of: .logs, at: record.at.milliseconds)
        }
        self.first = first
        self.last = last
        self.gravest = gravest
        self.days = days
        recordCount = records.count
        filter = TrigramFilter(of: records)
    }
}
