import FleetModel
import FleetProtocol
import GRDB

/// What the store tells about itself.
extension ShipStore {
    // MARK: Accounts

    /// Every lane's queue and ledger, from one consistent view.
    package func status() async throws -> [LaneStatus] {
        try await database.read(Self.status)
    }

    private static func status(_ db: Database) throws -> [LaneStatus] {
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
            var bytes: Int64 = queue?["bytes"] ?? 0
            var oldest: Int64? = queue?["oldest"]
            if let rungs = Self.rungs(of: lane) {
                let pool = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT coalesce(sum(records), 0) AS records,
                            coalesce(sum(length), 0) AS bytes, min(first_at) AS oldest
                        FROM pool INDEXED BY pool_order
                        WHERE rung BETWEEN ? AND ?
                        """,
                    arguments: [rungs.lowerBound, rungs.upperBound]
                )
                pending += pool?["records"] ?? 0
                bytes += pool?["bytes"] ?? 0
                oldest = [oldest, pool?["oldest"]].compactMap { $0 }.min()
            }
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
            if lane == .summary {
                pending += try Int64.fetchOne(db, sql: "SELECT count(*) FROM declarations") ?? 0
            }
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
                    degraded: record.degraded,
                    lost: record.lost
                )
            )
        }
    }

    /// Which items of the pool will go in this lane.
    private static func rungs(of lane: Lane) -> ClosedRange<UInt8>? {
        switch lane {
        case .backlog: Rung.raw.rawValue...Rung.raw.rawValue
        case .summary: Rung.oneMinute.rawValue...Rung.counts.rawValue
        case .events, .catalogue, .metrics, .logs: nil
        }
    }

    /// The account that goes to the shore. Raw samples have one, whichever of their two lanes they
    /// go in.
    package func ledger() async throws -> LedgerReport {
        try await database.read { db in
            var totals = try Self.ledgerTotals(db)
            for (lane, base) in try EpochAccounts.bases(db) {
                totals[lane] = totals[lane]?.subtracting(base)
            }
            return LedgerReport(totals: totals)
        }
    }

    /// Since the store was made, whatever the epoch.
    static func ledgerTotals(_ db: Database) throws -> [Lane: LedgerTotals] {
        let lanes = try status(db).map { ($0.lane, $0.ledger) }
        var totals = Dictionary(lanes) { first, _ in first }
        if let backlog = totals.removeValue(forKey: .backlog), let fresh = totals[.metrics] {
            totals[.metrics] = fresh.adding(backlog)
        }
        return totals
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

    /// - Throws: `StoreError` `full` where the disk has no room even for that.
    package func setFact(_ key: String, _ value: String) async throws {
        do {
            try await database.write { db in
                try db.execute(
                    sql: """
                        INSERT INTO facts (key, value) VALUES (?, ?)
                        ON CONFLICT (key) DO UPDATE SET value = excluded.value
                        """,
                    arguments: [key, value]
                )
            }
        } catch let error as DatabaseError where Self.meansNoRoom(error, reserve) {
            throw noRoom
        }
    }
}
