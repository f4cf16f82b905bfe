import FleetModel
import FleetSeries
import FoundationEssentials
import GRDB

/// The accounts by day where a new epoch begins.
extension StoreWriter {
    /// What is stored ashore belongs to the epoch before, whose days the shore closes with just
    /// that. All else goes into the new one: what waits, and all that was ever thinned or lost, told
    /// or not. So the days of all epochs add up to what was produced.
    func restartDays() throws {
        try db.execute(sql: "UPDATE days SET produced = degraded + lost, changed = 1")
        try addProduced(waitingSamples(), to: .metrics)
        try addProduced(waitingEvents(), to: .events)
        try addProduced(waitingLogs(), to: .logs)
        // They are told at once: what the shore was told in this epoch's name may be of the last.
        try db.execute(sql: "DELETE FROM facts WHERE key = ?", arguments: [Self.accountsKey])
    }

    /// All that was sealed is in the pool by now, where nothing is longer than an hour of one day.
    private func waitingSamples() throws -> [Int32: Int] {
        var days: [Int32: Int] = [:]
        let pooled = try Row.fetchCursor(
            db,
            sql: "SELECT first_at, samples FROM pool INDEXED BY pool_order WHERE rung = 0"
        )
        while let row = try pooled.next() {
            days[Self.day(row), default: 0] += row["samples"] as Int
        }
        let accepted = try Row.fetchCursor(db, sql: "SELECT body FROM window")
        while let row = try accepted.next() {
            let batch = try SampleBatch(decoding: Array(row["body"] as Data))
            days[DayAccount.day(of: batch.at), default: 0] += batch.numbers.count
        }
        return days
    }

    private func waitingEvents() throws -> [Int32: Int] {
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT first_at, records FROM segments WHERE lane = ?",
            arguments: [Lane.events.rawValue]
        )
        var days: [Int32: Int] = [:]
        while let row = try rows.next() { days[Self.day(row), default: 0] += row["records"] as Int }
        return days
    }

    private func waitingLogs() throws -> [Int32: Int] {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT records, first_at, last_at, is_packed, body FROM log_window
                UNION ALL
                SELECT records, first_at, last_at, 1, body FROM segments WHERE lane = ?
                """,
            arguments: [Lane.logs.rawValue]
        )
        var days: [Int32: Int] = [:]
        while let row = try rows.next() {
            days.merge(try Self.days(of: row).mapValues(Int.init)) { $0 + $1 }
        }
        return days
    }

    private static func day(_ row: Row) -> Int32 {
        DayAccount.day(of: Timestamp(milliseconds: row["first_at"]))
    }
}
