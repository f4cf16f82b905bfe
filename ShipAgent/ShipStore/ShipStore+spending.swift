import FleetModel
import GRDB

/// What was spent of the links' budgets, by UTC day, class of link and lane.
extension ShipStore {
    package struct Expense: Sendable {
        package let day: Int32
        package let linkClass: String
        /// `nil` for what belongs to no lane.
        package let lane: Lane?
        package let bytes: UInt64

        package init(day: Int32, linkClass: String, lane: Lane?, bytes: UInt64) {
            self.day = day
            self.linkClass = linkClass
            self.lane = lane
            self.bytes = bytes
        }
    }

    /// Adds to the accounts. Days older than a month are forgotten.
    package func spend(_ expenses: [Expense]) async throws {
        guard let newest = expenses.map(\.day).max() else { return }
        try await tidy { writer in
            let add = try writer.db.cachedStatement(
                sql: """
                    INSERT INTO spending (day, class, lane, bytes) VALUES (?, ?, ?, ?)
                    ON CONFLICT (day, class, lane)
                    DO UPDATE SET bytes = bytes + excluded.bytes
                    """
            )
            for expense in expenses {
                try add.execute(arguments: [
                    expense.day, expense.linkClass, expense.lane?.rawValue ?? 0,
                    Int64(clamping: expense.bytes),
                ])
            }
            try writer.db.execute(
                sql: "DELETE FROM spending WHERE day < ?",
                arguments: [newest - Self.daysOfSpending]
            )
        }
    }

    private static let daysOfSpending: Int32 = 31

    /// Adds to what is told ashore of a day's use of a link when the day is over.
    package func use(
        _ linkClass: String,
        day: Int32,
        up: UInt64,
        down: UInt64,
        connected: Duration,
        microsPerMegabyte: UInt64,
        currency: String
    ) async throws {
        try await tidy { writer in
            try writer.db.execute(
                sql: """
                    INSERT INTO link_use
                        (day, class, bytes_up, bytes_down, connected_ms, micros_per_mb, currency)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (day, class)
                    DO UPDATE SET
                        bytes_up = bytes_up + excluded.bytes_up,
                        bytes_down = bytes_down + excluded.bytes_down,
                        connected_ms = connected_ms + excluded.connected_ms,
                        micros_per_mb = excluded.micros_per_mb,
                        currency = excluded.currency
                    """,
                arguments: [
                    day, linkClass, Int64(clamping: up), Int64(clamping: down),
                    connected.milliseconds, Int64(clamping: microsPerMegabyte), currency,
                ]
            )
        }
    }

    package func spending(
        day: Int32,
        linkClass: String
    ) async throws -> (lanes: [Lane: UInt64], other: UInt64) {
        try await database.read { db in
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT lane, bytes FROM spending WHERE day = ? AND class = ?",
                arguments: [day, linkClass]
            )
            var lanes: [Lane: UInt64] = [:]
            var other: UInt64 = 0
            for row in rows {
                let bytes = UInt64(clamping: row["bytes"] as Int64)
                if let lane = Lane(rawValue: row["lane"]) {
                    lanes[lane] = bytes
                } else {
                    other += bytes
                }
            }
            return (lanes, other)
        }
    }
}
