import FleetModel
import FleetSeries
import FoundationEssentials
import GRDB

/// Steps down the ladder, each with its account and its declaration, in one transaction.
extension StoreWriter {
    /// Puts rollups in the place of what they were made from.
    ///
    /// - Parameters:
    ///   - rollups: none where the declaration is all that is left, with its number of samples.
    ///   - archiveLimit: bytes of raw samples that are kept, in case the shore asks for them.
    /// - Returns: `false` where the unit is not as it was: part of it was sent meanwhile.
    package func thin(
        _ unit: PoolUnit,
        to rung: Rung,
        _ rollups: [SealedSegment],
        reason: Declaration.Reason,
        archiveLimit: UInt64
    ) throws -> Bool {
        guard try isUnchanged(unit), let first = unit.items.first else { return false }
        if try undoRecall(of: unit, archiveLimit: archiveLimit) { return true }
        let formerUnit = first.unit
        let raw = unit.rung == .raw
        var from = first.first
        var to = first.last
        for item in unit.items {
            from = min(from, item.first)
            to = max(to, item.last)
        }
        if raw {
            try addDegraded([first.first.day: Int64(unit.samples)], to: .metrics)
        } else {
            try addSuperseded(unit.items.reduce(0) { $0 + Int64($1.records) })
        }
        try removeFromPool(unit.items.map(\.id))
        let newUnit = try addUnit(rollups, rung: rung, samples: Int64(unit.samples))
        if raw || formerUnit == nil {
            let declaration = Declaration(
                lane: .metrics,
                from: from,
                to: to + .milliseconds(1),
                was: unit.rung,
                rung: rung,
                samples: unit.samples,
                reason: reason,
                at: now
            )
            try declare(declaration, unit: newUnit)
        } else {
            try db.execute(
                sql:
                    "UPDATE declarations SET unit = ?, rung = ?, reason = ?, at = ? WHERE unit = ?",
                arguments: [
                    newUnit, rung.rawValue, reason == .disk ? "disk" : "budget",
                    now.milliseconds, formerUnit,
                ]
            )
        }
        if raw {
            try archive(unit, as: newUnit, limit: archiveLimit)
        } else if let formerUnit {
            try db.execute(
                sql: "UPDATE archive SET unit = ? WHERE unit = ?",
                arguments: [newUnit, formerUnit]
            )
        }
        return true
    }

    /// Makes several units of one rung into one: longer segments, one declaration.
    ///
    /// - Returns: `false` where one of them is not as it was.
    package func join(_ units: [PoolUnit], _ rollups: [SealedSegment]) throws -> Bool {
        guard let rung = units.first?.rung, rung > .raw, !rollups.isEmpty else { return false }
        for unit in units where try !isUnchanged(unit) { return false }
        let numbers = units.compactMap { $0.items.first?.unit }
        // Reasons are told apart.
        let reasons = try Set(
            numbers.map { number in
                try String.fetchOne(
                    db,
                    sql: "SELECT reason FROM declarations WHERE unit = ?",
                    arguments: [number]
                ) ?? ""
            }
        )
        guard reasons.count == 1, numbers.count == units.count else { return false }
        try addSuperseded(
            units.reduce(0) { $0 + $1.items.reduce(0) { $0 + Int64($1.records) } }
        )
        try removeFromPool(units.flatMap { $0.items.map(\.id) })
        let samples = units.reduce(0) { $0 + Int64($1.samples) }
        guard let unit = try addUnit(rollups, rung: rung, samples: samples) else { return false }
        let list = numbers.map(String.init).joined(separator: ", ")
        try db.execute(
            sql: """
                INSERT INTO declarations (\(Declaration.columns), unit)
                SELECT lane, min(from_at), max(to_at), min(was), max(rung), sum(samples),
                    max(reason), max(at), \(unit)
                FROM declarations
                WHERE unit IN (\(list))
                GROUP BY lane
                """
        )
        try addProduced(db.changesCount, to: .summary)
        try db.execute(sql: "DELETE FROM declarations WHERE unit IN (\(list))")
        try addSuperseded(Int64(db.changesCount))
        try db.execute(
            sql: "UPDATE archive SET unit = ? WHERE unit IN (\(list))",
            arguments: [unit]
        )
        return true
    }

    private func isUnchanged(_ unit: PoolUnit) throws -> Bool {
        for item in unit.items {
            let row = try Row.fetchOne(
                db,
                sql: "SELECT \(PoolItem.columns) FROM pool WHERE id = ?",
                arguments: [item.id]
            )
            guard row.map(PoolItem.init) == item else { return false }
        }
        return true
    }

    /// - Returns: its number; `nil` where nothing of it is left to send.
    private func addUnit(
        _ rollups: [SealedSegment],
        rung: Rung,
        samples: Int64
    ) throws -> Int64? {
        var unit: Int64?
        for rollup in rollups {
            let id = try addToPool(
                rollup,
                rung: rung,
                samples: unit == nil ? samples : 0,
                unit: unit
            )
            guard unit == nil else { continue }
            unit = id
            try db.execute(sql: "UPDATE pool SET unit = ? WHERE id = ?", arguments: [id, id])
        }
        try addProduced(rollups.reduce(0) { $0 + $1.recordCount }, to: .summary)
        return unit
    }

    /// Rollups and declarations that another one stands for, or that nothing is left to say for.
    func addSuperseded(_ records: Int64) throws {
        try db.execute(
            sql: "UPDATE lanes SET degraded = degraded + ? WHERE lane = ?",
            arguments: [records, Lane.summary.rawValue]
        )
    }

    /// It waits in the account of the lane `summary` from now on: while it does, the shore can't
    /// know of all that was thinned.
    ///
    /// - Returns: its number.
    @discardableResult
    func declare(_ declaration: Declaration, unit: Int64? = nil) throws -> Int64 {
        try addProduced(1, to: .summary)
        try db.execute(
            sql: """
                INSERT INTO declarations (\(Declaration.columns), unit)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: declaration.arguments + [unit]
        )
        return db.lastInsertedRowID
    }

    // MARK: Archive

    /// - Parameter rollups: the unit that stands for these samples now.
    func archive(_ unit: PoolUnit, as rollups: Int64?, limit: UInt64) throws {
        guard UInt64(unit.length) <= limit else { return }
        for (item, body) in zip(unit.items, unit.bodies) {
            try db.execute(
                sql: """
                    INSERT INTO archive (first_at, last_at, samples, length, body, unit)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    item.first.milliseconds, item.last.milliseconds, Int64(item.samples),
                    item.length, Data(body), rollups,
                ]
            )
        }
        try trimArchive(to: limit)
    }

    /// The oldest goes first.
    package func trimArchive(to limit: UInt64) throws {
        var used =
            try Int64.fetchOne(
                db,
                sql: "SELECT coalesce(sum(length), 0) FROM archive INDEXED BY archive_order"
            ) ?? 0
        while UInt64(max(0, used)) > limit {
            let oldest = try Row.fetchOne(
                db,
                sql: "SELECT id, length FROM archive ORDER BY first_at, id LIMIT 1"
            )
            guard let oldest else { return }
            try db.execute(
                sql: "DELETE FROM archive WHERE id = ?",
                arguments: [oldest["id"] as Int64]
            )
            used -= oldest["length"] as Int64
        }
    }
}
