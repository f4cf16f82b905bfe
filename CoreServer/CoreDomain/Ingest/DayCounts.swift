import FleetModel
import FleetSeries

/// How many records of which lane and day one transaction stores.
struct DayCounts: Sendable {
    struct Key: Hashable, Sendable {
        let lane: Lane
        let day: Int32
    }

    private(set) var counts: [Key: Int64] = [:]

    /// - Parameter lane: as the ledger has it: raw samples of both lanes are `metrics`.
    mutating func add(_ count: Int, of lane: Lane, at milliseconds: Int64) {
        let day = DayAccount.day(of: Timestamp(milliseconds: milliseconds))
        counts[Key(lane: lane, day: day), default: 0] += Int64(count)
    }

    mutating func add(_ other: Self) {
        counts.merge(other.counts, uniquingKeysWith: +)
    }

    mutating func add(_ segment: MetricsSegment) {
        let day = DayAccount.day(of: segment.first)
        if day == DayAccount.day(of: segment.last) {
            add(segment.sampleCount, of: .metrics, at: segment.first.milliseconds)
            return
        }
        for group in segment.groups {
            var inRow = [Int](repeating: 0, count: group.timestamps.count)
            var inAll = 0
            for column in group.columns {
                switch column.rows {
                case .all: inAll += 1
                case .some(let rows): for row in rows { inRow[row] += 1 }
                }
            }
            for (time, count) in zip(group.timestamps, inRow) {
                add(count + inAll, of: .metrics, at: time)
            }
        }
    }
}
