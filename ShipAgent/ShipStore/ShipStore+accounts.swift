import FleetModel
import FleetProtocol
import GRDB

/// What the store tells about itself.
extension ShipStore {
    // MARK: Accounts

    /// Every lane's queue and ledger, from one consistent view.
    package func status() async throws -> [LaneStatus] {
        try await database.read { db in
            try Lane.allCases.map { lane in
                let record = try LaneRecord.fetch(lane, db)
                let queue = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT coalesce(sum(records), 0) AS records,
                            coalesce(sum(length), 0) AS bytes, min(first_at) AS oldest
                        FROM segments
                        WHERE lane = ?
                        """,
                    arguments: [lane.rawValue]
                )
                var pending: Int64 = queue?["records"] ?? 0
                var oldest: Int64? = queue?["oldest"]
                if lane == .metrics {
                    let window = try Row.fetchOne(
                        db,
                        sql: """
                            SELECT coalesce(sum(records), 0) AS records, min(accepted_at) AS oldest
                            FROM window
                            """
                    )
                    pending += window?["records"] ?? 0
                    oldest = [oldest, window?["oldest"]].compactMap { $0 }.min()
                }
                var bytes: Int64 = queue?["bytes"] ?? 0
                if lane == .logs {
                    let window = try LogWindow.totals(db)
                    pending += window.records
                    bytes += window.bytes
                    oldest = [oldest, window.oldest].compactMap { $0 }.min()
                }
                return LaneStatus(
                    lane: lane,
                    queuedBytes: UInt64(bytes),
                    oldest: pending == 0 ? nil : oldest.map(Timestamp.init(milliseconds:)),
                    ledger: LedgerTotals(
                        produced: record.produced,
                        stored: record.stored,
                        pending: UInt64(pending),
                        lost: record.lost
                    )
                )
            }
        }
    }

    /// The account that goes to the shore.
    package func ledger() async throws -> LedgerReport {
        let totals = try await status().map { ($0.lane, $0.ledger) }
        return LedgerReport(totals: Dictionary(totals) { first, _ in first })
    }

    // MARK: Facts

    /// A small fact that another process may want to know, such as the link's state.
    package func fact(_ key: String) async throws -> String? {
        try await database.read { db in
            try String.fetchOne(
                db,
                sql: "SELECT value FROM facts WHERE key = ?",
                arguments: [key]
            )
        }
    }

    package func setFact(_ key: String, _ value: String) async throws {
        try await database.write { db in
            try db.execute(
                sql: """
                    INSERT INTO facts (key, value) VALUES (?, ?)
                    ON CONFLICT (key) DO UPDATE SET value = excluded.value
                    """,
                arguments: [key, value]
            )
        }
    }
}
