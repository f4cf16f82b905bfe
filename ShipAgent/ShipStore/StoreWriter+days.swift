import FleetModel
import GRDB

/// The accounts by the day of the records' own time.
extension StoreWriter {
    func addProduced(_ days: [Int32: Int], to lane: Lane) throws {
        try addToDays("produced", days.mapValues(Int64.init), of: lane)
    }

    func addDegraded(_ days: [Int32: Int64], to lane: Lane) throws {
        try addToDays("degraded", days, of: lane)
        try db.execute(
            sql: "UPDATE lanes SET degraded = degraded + ? WHERE lane = ?",
            arguments: [days.values.reduce(0, +), lane.rawValue]
        )
    }

    func addLost(_ days: [Int32: Int64], to lane: Lane) throws {
        try addToDays("lost", days, of: lane)
        try db.execute(
            sql: "UPDATE lanes SET lost = lost + ? WHERE lane = ?",
            arguments: [days.values.reduce(0, +), lane.rawValue]
        )
    }

    private func addToDays(_ column: String, _ days: [Int32: Int64], of lane: Lane) throws {
        let add = try db.cachedStatement(
            sql: """
                INSERT INTO days (lane, day, \(column)) VALUES (?, ?, ?)
                ON CONFLICT (lane, day)
                DO UPDATE SET \(column) = \(column) + excluded.\(column), changed = 1
                """
        )
        for (day, count) in days where count != 0 {
            try add.execute(arguments: [lane.rawValue, day, count])
        }
    }

    // MARK: What is fresh

    func noteSealed(bytes: Int) throws {
        let hour = now.floored(to: .seconds(3600)).milliseconds / 3_600_000
        try db.execute(
            sql: """
                INSERT INTO sealing (hour, bytes) VALUES (?, ?)
                ON CONFLICT (hour) DO UPDATE SET bytes = bytes + excluded.bytes
                """,
            arguments: [hour, bytes]
        )
        try db.execute(sql: "DELETE FROM sealing WHERE hour < ?", arguments: [hour - 48])
    }
}
