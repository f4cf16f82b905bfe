import FleetModel
import GRDB

/// Back up the ladder: what the shore asked for.
extension StoreWriter {
    /// Takes raw samples of a stretch of time out of the archive, back to what waits, and lets those
    /// that wait go first: the shore asked for them.
    ///
    /// The newest come first, and no item beyond `maxBytes`. What was declared thinned is declared
    /// back; what was not even told yet is as if it had never been thinned.
    ///
    /// - Parameter maxItems: what one transaction does at most, about.
    package func recall(
        from: Timestamp,
        to: Timestamp,
        maxBytes: UInt64,
        maxItems: Int = .max
    ) throws -> Recall {
        var recall = Recall()
        var left = Int64(clamping: maxBytes)
        let waiting = try Row.fetchAll(
            db,
            sql: """
                SELECT id, samples, length
                FROM pool INDEXED BY pool_order
                WHERE rung = 0 AND wanted = 0 AND first_at < ? AND last_at >= ?
                ORDER BY last_at DESC, id DESC
                LIMIT ?
                """,
            arguments: [to.milliseconds, from.milliseconds, Int64(maxItems)]
        )
        for row in waiting {
            let length: Int64 = row["length"]
            guard length <= left else { break }
            left -= length
            recall.add(samples: row["samples"], bytes: length)
            try db.execute(
                sql: "UPDATE pool SET wanted = 1 WHERE id = ?",
                arguments: [row["id"] as Int64]
            )
        }
        for id in try newestArchived(from: from, to: to, limit: maxItems) {
            guard recall.items < maxItems else { break }
            // Came back with its unit already, if it is not there.
            guard let next = try archived(id) else { continue }
            if let unit = try unit(ofArchived: id),
                let whole = try whole(unit, from: from, to: to, left: left)
            {
                for item in whole {
                    left -= item.length
                    recall.add(samples: item.samples, bytes: item.length)
                    try putBack(item)
                }
                try withdraw(unit)
                continue
            }
            guard next.length <= left else { break }
            left -= next.length
            recall.add(samples: next.samples, bytes: next.length)
            try putBack(next, recall: try declareBack(next))
        }
        recall.isUnfinished = recall.items >= maxItems
        return recall
    }

    /// Whether anything of a stretch of time is aboard raw, and not on its way already.
    func holdsRaw(from: Timestamp, to: Timestamp) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (
                    SELECT 1 FROM pool INDEXED BY pool_order
                    WHERE rung = 0 AND wanted = 0 AND first_at < :to AND last_at >= :from
                ) OR EXISTS (
                    SELECT 1 FROM archive INDEXED BY archive_order
                    WHERE first_at < :to AND last_at >= :from
                )
                """,
            arguments: ["from": from.milliseconds, "to": to.milliseconds]
        ) ?? false
    }

    /// Whether raw samples of a stretch of time, asked for before, wait for their place.
    func holdsWanted(from: Timestamp, to: Timestamp) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (
                    SELECT 1 FROM pool INDEXED BY pool_order
                    WHERE rung = 0 AND wanted = 1 AND first_at < ? AND last_at >= ?
                )
                """,
            arguments: [to.milliseconds, from.milliseconds]
        ) ?? false
    }

    // MARK: Archived items

    private struct Archived {
        static let columns = "id, first_at, last_at, samples, length"

        let id: Int64
        let first: Timestamp
        let last: Timestamp
        let samples: Int64
        let length: Int64

        init(_ row: Row) {
            id = row["id"]
            first = Timestamp(milliseconds: row["first_at"])
            last = Timestamp(milliseconds: row["last_at"])
            samples = row["samples"]
            length = row["length"]
        }
    }

    private func newestArchived(
        from: Timestamp,
        to: Timestamp,
        limit: Int
    ) throws -> [Int64] {
        try Int64.fetchAll(
            db,
            sql: """
                SELECT id
                FROM archive INDEXED BY archive_order
                WHERE first_at < ? AND last_at >= ?
                ORDER BY last_at DESC, id DESC
                LIMIT ?
                """,
            arguments: [to.milliseconds, from.milliseconds, Int64(limit)]
        )
    }

    private func archived(_ id: Int64) throws -> Archived? {
        try Row.fetchOne(
            db,
            sql: "SELECT \(Archived.columns) FROM archive WHERE id = ?",
            arguments: [id]
        ).map(Archived.init)
    }

    private func unit(ofArchived id: Int64) throws -> Int64? {
        try Int64.fetchOne(db, sql: "SELECT unit FROM archive WHERE id = ?", arguments: [id])
    }

    /// All that a unit of rollups stands for, if the unit still waits whole, and all of its samples
    /// are here, wanted and within the bytes.
    private func whole(
        _ unit: Int64,
        from: Timestamp,
        to: Timestamp,
        left: Int64
    ) throws -> [Archived]? {
        let waits = try Bool.fetchOne(
            db,
            sql: "SELECT EXISTS (SELECT 1 FROM pool WHERE id = ? AND unit = id)",
            arguments: [unit]
        )
        guard waits == true else { return nil }
        let items = try Row.fetchAll(
            db,
            sql: """
                SELECT \(Archived.columns) FROM archive WHERE unit = ?
                ORDER BY last_at DESC, id DESC
                """,
            arguments: [unit]
        ).map(Archived.init)
        let thinned = try Int64.fetchOne(
            db,
            sql: "SELECT sum(samples) FROM declarations WHERE unit = ?",
            arguments: [unit]
        )
        guard items.allSatisfy({ $0.first < to && $0.last >= from }),
            items.reduce(0, { $0 + $1.length }) <= left,
            items.reduce(0, { $0 + $1.samples }) == thinned
        else { return nil }
        return items
    }

    /// - Parameter recall: the declaration that says so.
    private func putBack(_ item: Archived, recall: Int64? = nil) throws {
        try db.execute(
            sql: """
                INSERT INTO pool
                    (rung, first_at, last_at, records, samples, wanted, length, body, recall)
                SELECT 0, first_at, last_at, samples, samples, 1, length, body, ?
                FROM archive
                WHERE id = ?
                """,
            arguments: [recall, item.id]
        )
        try db.execute(sql: "DELETE FROM archive WHERE id = ?", arguments: [item.id])
        try addDegraded([item.first.day: -item.samples], to: .metrics)
    }

    private func declareBack(_ item: Archived) throws -> Int64 {
        try declare(
            Declaration(
                lane: .metrics,
                from: item.first,
                to: item.last + .milliseconds(1),
                was: .counts,
                rung: .raw,
                samples: UInt64(clamping: item.samples),
                reason: .recalled,
                at: now
            )
        )
    }

    /// The shore never hears of these rollups: raw samples come in their place.
    private func withdraw(_ unit: Int64) throws {
        let rollups = try Row.fetchAll(
            db,
            sql: "SELECT id, records FROM pool WHERE unit = ?",
            arguments: [unit]
        )
        try addSuperseded(rollups.reduce(0) { $0 + ($1["records"] as Int64) })
        try removeFromPool(rollups.map { $0["id"] })
        try db.execute(sql: "DELETE FROM declarations WHERE unit = ?", arguments: [unit])
        try addSuperseded(Int64(db.changesCount))
    }

    // MARK: And down again

    static let recallSchema = """
        -- The declaration that these samples came back, as long as it waits.
        ALTER TABLE pool ADD COLUMN recall INTEGER;
        -- Declarations are counted when they are made, and no more when they are sealed.
        UPDATE lanes SET produced = produced + (SELECT count(*) FROM declarations) WHERE lane = 3;
        """

    /// Samples that came back and find no room again, before the shore was told that they came: as
    /// if they had not. What was told of them when they were thinned still holds; thinned and
    /// declared anew, it would be void by the word of a recall that goes after it.
    ///
    /// - Returns: whether the unit was such.
    func undoRecall(of unit: PoolUnit, archiveLimit: UInt64) throws -> Bool {
        guard unit.rung == .raw, unit.items.count == 1, let item = unit.items.first else {
            return false
        }
        try db.execute(
            sql: """
                DELETE FROM declarations
                WHERE id = (SELECT recall FROM pool WHERE id = ?)
                """,
            arguments: [item.id]
        )
        guard db.changesCount == 1 else { return false }
        try addSuperseded(1)
        try addDegraded([item.first.day: Int64(item.samples)], to: .metrics)
        try removeFromPool([item.id])
        try archive(unit, as: nil, limit: archiveLimit)
        return true
    }
}
