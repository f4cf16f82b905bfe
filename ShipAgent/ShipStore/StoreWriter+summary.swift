import FleetModel
import FleetSeries
import GRDB

/// What goes in the lane `summary`: rollups, and what the ship tells about its own data.
extension StoreWriter {
    /// Declarations in one segment: what they wait for is each other, so that one takes 20 bytes
    /// and not 80.
    private static let declarationsPerSegment = 64
    private static let recordsPerSegment = 4096
    /// How long a changed account waits at most for others to change.
    private static let accountsEvery = Duration.seconds(1800)
    static let accountsKey = "accounts_told_at"

    func sequenceSummary() throws -> UInt64? {
        let ready =
            try Int.fetchOne(
                db,
                // What comes back is told last: it must not keep rollups from going.
                sql: "SELECT count(*) FROM declarations WHERE unit IS NULL AND rung IS NOT 0"
            ) ?? 0
        if ready < Self.declarationsPerSegment,
            let id = try nextPooled(.summary, rungs: .oneMinute ... .counts)
        {
            try release(unitOf: id)
            return try sequence(id, in: .summary)
        }
        return try tellAccounts()
    }

    /// The unit's rung is final: its declaration may go, and its other segments go next.
    private func release(unitOf id: Int64) throws {
        let unit = try Int64.fetchOne(
            db,
            sql: "SELECT unit FROM pool WHERE id = ?",
            arguments: [id]
        )
        guard let unit else { return }
        try db.execute(sql: "UPDATE declarations SET unit = NULL WHERE unit = ?", arguments: [unit])
        try db.execute(
            sql: "UPDATE pool SET wanted = 1, unit = NULL WHERE unit = ?",
            arguments: [unit]
        )
    }

    /// That samples come back makes void what was said of them before, so it is said after it.
    private func tellAccounts() throws -> UInt64? {
        let declarations = try Row.fetchAll(
            db,
            sql: """
                SELECT id, \(Declaration.columns)
                FROM declarations
                WHERE unit IS NULL
                    AND (rung IS NOT 0 OR NOT EXISTS (SELECT 1 FROM pool WHERE rung > 0))
                ORDER BY id
                LIMIT ?
                """,
            arguments: [Self.recordsPerSegment]
        )
        var accounts: [DayAccount] = []
        if try areAccountsDue() || !declarations.isEmpty {
            accounts = try Row.fetchAll(
                db,
                sql: """
                    SELECT lane, day, produced, degraded, lost
                    FROM days
                    WHERE changed
                    ORDER BY day, lane
                    LIMIT ?
                    """,
                arguments: [Self.recordsPerSegment]
            ).compactMap(DayAccount.init)
        }
        let links = try takeLinkReports()
        let summary = SummarySegment(
            declarations: declarations.compactMap(Declaration.init),
            accounts: accounts,
            links: links
        )
        guard summary.recordCount > 0 else { return nil }
        // The declarations were counted when they were made.
        try addProduced(summary.recordCount - declarations.count, to: .summary)
        try append(summary.encode(), to: .summary)
        let end = try LaneRecord.fetch(.summary, db).endSequence
        for row in declarations {
            try db.execute(
                sql: "DELETE FROM declarations WHERE id = ?",
                arguments: [row["id"] as Int64]
            )
        }
        for account in accounts {
            try db.execute(
                sql: "UPDATE days SET changed = 0 WHERE lane = ? AND day = ?",
                arguments: [account.lane.rawValue, account.day]
            )
        }
        try forgetOldDays()
        return end
    }

    /// Accounts change with every sample: they are told every half an hour.
    private func areAccountsDue() throws -> Bool {
        guard try Self.areAccountsDue(db, at: now) else { return false }
        try db.execute(
            sql: """
                INSERT INTO facts (key, value) VALUES (?, ?)
                ON CONFLICT (key) DO UPDATE SET value = excluded.value
                """,
            arguments: [Self.accountsKey, now.milliseconds]
        )
        return true
    }

    static func areAccountsDue(_ db: Database, at now: Timestamp) throws -> Bool {
        let hasChanged = try Bool.fetchOne(
            db,
            sql: "SELECT EXISTS (SELECT 1 FROM days WHERE changed)"
        )
        guard hasChanged == true else { return false }
        let told = try Int64.fetchOne(
            db,
            sql: "SELECT value FROM facts WHERE key = ?",
            arguments: [accountsKey]
        )
        // Told in the future: the clock was set back.
        guard let told, told <= now.milliseconds else { return true }
        return now - Timestamp(milliseconds: told) >= accountsEvery
    }

    /// Days of a year ago are told, and nothing of them is aboard any more.
    private func forgetOldDays() throws {
        try db.execute(
            sql: "DELETE FROM days WHERE NOT changed AND day < ?",
            arguments: [now.day - 400]
        )
    }
}

extension StoreWriter {
    /// What the links carried on days that are over. Taken out, since they are told in this
    /// transaction.
    private func takeLinkReports() throws -> [LinkReport] {
        let today = now.day
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT * FROM link_use WHERE day < ? ORDER BY day, class LIMIT ?",
            arguments: [today, Self.recordsPerSegment]
        )
        try db.execute(sql: "DELETE FROM link_use WHERE day < ?", arguments: [today])
        return rows.map { row in
            let day: Int32 = row["day"]
            let start = Timestamp(milliseconds: Int64(day) * 86_400_000)
            let up = UInt64(clamping: row["bytes_up"] as Int64)
            let down = UInt64(clamping: row["bytes_down"] as Int64)
            let price = Double(row["micros_per_mb"] as Int64)
            return LinkReport(
                from: start,
                to: start + .seconds(86_400),
                linkClass: row["class"],
                bytesUp: up,
                bytesDown: down,
                connected: .milliseconds(row["connected_ms"] as Int64),
                costMicros: UInt64((Double(up + down) * price / 1e6).rounded()),
                currency: row["currency"]
            )
        }
    }
}

extension DayAccount {
    fileprivate init?(_ row: Row) {
        guard let lane = Lane(rawValue: row["lane"]) else { return nil }
        self.init(
            lane: lane,
            day: row["day"],
            produced: UInt64(clamping: row["produced"] as Int64),
            degraded: UInt64(clamping: row["degraded"] as Int64),
            lost: UInt64(clamping: row["lost"] as Int64)
        )
    }
}
