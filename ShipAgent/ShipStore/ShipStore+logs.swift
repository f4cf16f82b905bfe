import FleetModel
import FoundationEssentials
import GRDB

/// What the keeper of the log lane asks of the store.
extension ShipStore {
    package func logQueue() async throws -> LogQueue {
        try await database.read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT severity,
                        coalesce(sum(length) FILTER (WHERE NOT is_packed), 0) AS loose,
                        min(accepted_at) FILTER (WHERE NOT is_packed) AS oldest,
                        coalesce(sum(length) FILTER (WHERE is_packed), 0) AS packed
                    FROM log_window
                    GROUP BY severity
                    ORDER BY severity
                    """
            )
            let lane = try Int.fetchOne(
                db,
                sql: "SELECT coalesce(sum(length), 0) FROM segments WHERE lane = ?",
                arguments: [Lane.logs.rawValue]
            )
            return LogQueue(
                laneBytes: lane ?? 0,
                waiting: rows.map { row in
                    LogQueue.Waiting(
                        severity: LogRecord.Severity(rawValue: row["severity"]) ?? .debug,
                        looseBytes: row["loose"],
                        oldestLoose: (row["oldest"] as Int64?).map(Timestamp.init(milliseconds:)),
                        packedBytes: row["packed"]
                    )
                }
            )
        }
    }

    /// The oldest accepted records, of one severity or of all, up to about so many bytes.
    package func looseLogs(
        _ severity: LogRecord.Severity? = nil,
        bytes limit: Int
    ) async throws -> LooseLogs {
        try await database.read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT id, length, body
                    FROM log_window
                    WHERE NOT is_packed AND (? IS NULL OR severity = ?)
                    ORDER BY id
                    """,
                arguments: [severity?.rawValue, severity?.rawValue]
            )
            var records: [LogRecord] = []
            var taken: [Int64] = []
            var bytes = 0
            while let row = try rows.next() {
                bytes += row["length"] as Int
                if !taken.isEmpty, bytes > limit { break }
                records += try [LogRecord](decoding: Array(row["body"] as Data))
                taken.append(row["id"])
            }
            return LooseLogs(records: records, rows: taken)
        }
    }
}
