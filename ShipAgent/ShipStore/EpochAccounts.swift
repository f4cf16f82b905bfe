import FleetModel
import FleetProtocol
import GRDB

/// Accounts across the epochs of one store. The store counts from its beginning; the shore is told,
/// for each epoch, what was counted in it.
enum EpochAccounts {
    static let schema = """
        -- What belonged to the epochs before this one, by the ledger's lanes.
        CREATE TABLE epoch_bases (
            lane INTEGER PRIMARY KEY,
            produced INTEGER NOT NULL,
            stored INTEGER NOT NULL,
            degraded INTEGER NOT NULL,
            lost INTEGER NOT NULL
        );
        -- The last account of the epoch before this one.
        CREATE TABLE closed_epoch (
            epoch INTEGER NOT NULL,
            lane INTEGER NOT NULL,
            produced INTEGER NOT NULL,
            stored INTEGER NOT NULL,
            degraded INTEGER NOT NULL,
            lost INTEGER NOT NULL,
            PRIMARY KEY (epoch, lane)
        );
        """

    static func bases(_ db: Database) throws -> [Lane: LedgerTotals] {
        try totals(Row.fetchAll(db, sql: "SELECT * FROM epoch_bases"))
    }

    static func closed(_ db: Database) throws -> ClosedEpoch? {
        let rows = try Row.fetchAll(db, sql: "SELECT * FROM closed_epoch")
        guard let epoch = rows.first?["epoch"] as Int64? else { return nil }
        return ClosedEpoch(
            epoch: LaneEpoch(UInt64(bitPattern: epoch)),
            ledger: LedgerReport(totals: totals(rows))
        )
    }

    private static func totals(_ rows: [Row]) -> [Lane: LedgerTotals] {
        var totals: [Lane: LedgerTotals] = [:]
        for row in rows {
            guard let lane = Lane(rawValue: row["lane"]) else { continue }
            totals[lane] = LedgerTotals(
                produced: UInt64(row["produced"] as Int64),
                stored: UInt64(row["stored"] as Int64),
                degraded: UInt64(row["degraded"] as Int64),
                lost: UInt64(row["lost"] as Int64)
            )
        }
        return totals
    }

    /// Closes an epoch: what is settled belongs to it, what waits to the next one.
    static func close(
        _ epoch: LaneEpoch,
        _ totals: [Lane: LedgerTotals],
        _ db: Database
    ) throws {
        let bases = try bases(db)
        try db.execute(sql: "DELETE FROM epoch_bases")
        try db.execute(sql: "DELETE FROM closed_epoch")
        for (lane, total) in totals {
            var settled = total
            settled.produced = total.stored + total.degraded + total.lost
            settled.pending = 0
            let own = settled.subtracting(bases[lane] ?? LedgerTotals())
            try db.execute(
                sql: "INSERT INTO closed_epoch VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    Int64(bitPattern: epoch.rawValue), lane.rawValue, Int64(own.produced),
                    Int64(own.stored), Int64(own.degraded), Int64(own.lost),
                ]
            )
            // The catalogue is sealed anew in every epoch: its counts begin anew too.
            guard lane != .catalogue else { continue }
            try db.execute(
                sql: "INSERT INTO epoch_bases VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    lane.rawValue, Int64(settled.produced), Int64(settled.stored),
                    Int64(settled.degraded), Int64(settled.lost),
                ]
            )
        }
    }
}

extension LedgerTotals {
    /// Never below zero: what is behind a base was counted before it.
    func subtracting(_ base: Self) -> Self {
        func rest(_ all: UInt64, _ part: UInt64) -> UInt64 { all > part ? all - part : 0 }
        return Self(
            produced: rest(produced, base.produced),
            stored: rest(stored, base.stored),
            pending: pending,
            degraded: rest(degraded, base.degraded),
            lost: rest(lost, base.lost)
        )
    }
}
