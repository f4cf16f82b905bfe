import FleetModel
import FleetProtocol
import FleetRuntime
import FleetSeries
import FoundationEssentials
import GRDB

/// What thinning looks at. The work itself is done outside of any transaction: it takes time.
extension ShipStore {
    package func poolTotals() async throws -> PoolTotals {
        try await database.read { db in
            var rungs: [Rung: UInt64] = [:]
            let pooled = try Row.fetchAll(
                db,
                sql: """
                    SELECT rung, sum(length) AS bytes FROM pool INDEXED BY pool_order
                    WHERE rung >= 0
                    GROUP BY rung
                    """
            )
            for row in pooled {
                if let rung = Rung(rawValue: row["rung"]) {
                    rungs[rung] = UInt64(row["bytes"] as Int64)
                }
            }
            var lanes: [Lane: UInt64] = [:]
            let queued = try Row.fetchAll(
                db,
                sql: "SELECT lane, sum(length) AS bytes FROM segments GROUP BY lane"
            )
            for row in queued {
                if let lane = Lane(rawValue: row["lane"]) {
                    lanes[lane] = UInt64(row["bytes"] as Int64)
                }
            }
            return PoolTotals(rungs: rungs, lanes: lanes)
        }
    }

    /// The oldest that can be thinned, of the finest rung that there is.
    ///
    /// - Parameter includingWanted: also what the shore asked for: only when there is no room.
    package func unitToThin(
        from finest: Rung = .raw,
        includingWanted: Bool = false
    ) async throws -> PoolUnit? {
        try await database.read { db in
            let first = try Row.fetchOne(
                db,
                sql: """
                    SELECT \(PoolItem.columns)
                    FROM pool INDEXED BY pool_order
                    WHERE rung >= ? AND wanted <= ?
                    ORDER BY rung, first_at, last_at, id
                    LIMIT 1
                    """,
                arguments: [finest.rawValue, includingWanted]
            ).map(PoolItem.init)
            return try first.flatMap { try Self.unit(of: $0, db) }
        }
    }

    private static func unit(of item: PoolItem, _ db: Database) throws -> PoolUnit? {
        var items = [item]
        if let unit = item.unit {
            items = try Row.fetchAll(
                db,
                sql: "SELECT \(PoolItem.columns) FROM pool WHERE unit = ? ORDER BY id",
                arguments: [unit]
            ).map(PoolItem.init)
        }
        let bodies = try items.map { item -> [UInt8] in
            let body = try Data.fetchOne(
                db,
                sql: "SELECT body FROM pool WHERE id = ?",
                arguments: [item.id]
            )
            return Array(body ?? Data())
        }
        return PoolUnit(rung: item.rung, items: items, bodies: bodies)
    }

    /// Rollups of one rung and day that could be one unit, the oldest first.
    package func unitsToJoin(rows: Int, bytes: Int) async throws -> [PoolUnit] {
        try await database.read { db in
            let cursor = try Row.fetchCursor(
                db,
                sql: """
                    SELECT \(PoolItem.columns)
                    FROM pool INDEXED BY pool_order
                    WHERE rung > 0 AND wanted = 0 AND unit = id
                    ORDER BY rung, first_at, last_at, id
                    """
            )
            var group: [PoolItem] = []
            while let item = try cursor.next().map(PoolItem.init) {
                let joined = group + [item]
                let fits =
                    group.last.map { $0.rung == item.rung && $0.first.day == item.first.day }
                    ?? true
                    && joined.reduce(0) { $0 + Int($1.records) } <= rows
                    && joined.reduce(0) { $0 + $1.length } <= bytes
                if fits {
                    group = joined
                } else if group.count > 1 {
                    break
                } else {
                    group = [item]
                }
            }
            guard group.count > 1 else { return [] }
            let units = try group.compactMap { try Self.unit(of: $0, db) }
            // One that has several segments is long enough.
            return units.allSatisfy { $0.items.count == 1 } ? units : []
        }
    }

    /// The bytes that fresh samples take in a day, from what was sealed in the last one.
    package func freshBytesPerDay() async throws -> UInt64 {
        let hour = clock.now().floored(to: .seconds(3600)).milliseconds / 3_600_000
        return try await database.read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT coalesce(sum(bytes), 0) AS bytes, min(hour) AS first
                    FROM sealing
                    WHERE hour BETWEEN ? AND ?
                    """,
                arguments: [hour - 24, hour]
            )
            guard let row, let first: Int64 = row["first"] else { return 0 }
            let hours = UInt64(max(1, hour - first))
            return UInt64(clamping: row["bytes"] as Int64) * 24 / hours
        }
    }

    /// Numbers of the series that only ever grow, of those from `number` on.
    package func cumulativeSeries(
        from number: UInt32
    ) async throws -> (numbers: [SeriesNumber], end: UInt32) {
        try await database.read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: "SELECT number, labels, kind FROM series WHERE number >= ? ORDER BY number",
                arguments: [number]
            )
            var numbers: [SeriesNumber] = []
            var end = number
            while let row = try rows.next() {
                let found = SeriesNumber(UInt32(truncatingIfNeeded: row["number"] as Int64))
                let definition = SeriesDefinition(
                    number: found,
                    labels: try CatalogueText.decode(row["labels"]),
                    kind: SeriesKind(rawValue: row["kind"]) ?? .unknown
                )
                if definition.isCumulative { numbers.append(found) }
                end = found.rawValue + 1
            }
            return (numbers, end)
        }
    }

    /// Lets raw samples of [`from`, `to`) go first, taken out of the archive where they were thinned
    /// already. What a `WANT` asks for.
    package func recall(
        from: Timestamp,
        to: Timestamp,
        maxBytes: UInt64
    ) async throws -> Recall {
        try await tidy { try $0.recall(from: from, to: to, maxBytes: maxBytes) }
    }

    /// Does the next step of what the shore asked for; once it is done, the answer, and the same
    /// answer whenever it asks again.
    ///
    /// - Returns: `nil` while there is more to do.
    package func answer(_ want: Want) async throws -> WantAnswer? {
        try await tidy { try $0.answer(want) }
    }

    /// Bytes of thinned raw samples that are kept.
    package func archivedBytes() async throws -> UInt64 {
        try await database.read { db in
            UInt64(
                clamping: try Int64.fetchOne(
                    db,
                    sql: "SELECT coalesce(sum(length), 0) FROM archive INDEXED BY archive_order"
                ) ?? 0
            )
        }
    }

    /// Bytes that the database really uses on the disk.
    package func usedBytes() async throws -> UInt64 {
        try await database.read { db in
            let pages = try Int64.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            let free = try Int64.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
            let size = try Int64.fetchOne(db, sql: "PRAGMA page_size") ?? 0
            return UInt64(max(0, pages - free)) * UInt64(max(0, size))
        }
    }
}

extension Timestamp {
    /// The UTC day, in whole days since 1970.
    var day: Int32 { DayAccount.day(of: self) }
}
