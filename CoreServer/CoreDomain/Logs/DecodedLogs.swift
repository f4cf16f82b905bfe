import FleetModel
import FleetSeries

/// A log segment, and what its block is found by.
struct DecodedLogs: Sendable {
    let first: Timestamp
    let last: Timestamp
    let recordCount: Int
    let gravest: LogRecord.Severity
    let filter: TrigramFilter
    /// How many records are of which day, by a time of that day.
    let days: [Int64: Int]

    init(_ bytes: [UInt8]) throws(SegmentError) {
        let records = try LogSegment.decode(bytes[...])
        guard let start = records.first else {
            throw SegmentError(.malformed, "a log segment without records")
        }
        var (first, last, gravest) = (start.at, start.at, start.severity)
        var days: [Int64: Int] = [:]
        for record in records {
            let day = record.at.floored(to: .seconds(86_400)).milliseconds
            days[day, default: 0] += 1
            first = min(first, record.at)
            last = max(last, record.at)
            gravest = min(gravest, record.severity)
        }
        self.first = first
        self.last = last
        self.gravest = gravest
        self.days = days
        recordCount = records.count
        filter = TrigramFilter(of: records)
    }
}
