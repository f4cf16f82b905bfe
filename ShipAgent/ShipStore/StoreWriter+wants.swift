import FleetModel
import FleetProtocol
import GRDB

/// What the shore asked for, and what it was answered: the same again when it asks again.
extension StoreWriter {
    static let wantsSchema = """
        CREATE TABLE wants (
            id INTEGER PRIMARY KEY,
            -- Half-open.
            from_at INTEGER NOT NULL,
            to_at INTEGER NOT NULL,
            max_bytes INTEGER NOT NULL,
            asked_at INTEGER NOT NULL,
            -- What was let go first so far.
            samples INTEGER NOT NULL DEFAULT 0,
            bytes INTEGER NOT NULL DEFAULT 0,
            -- Null until all of it was looked through.
            outcome INTEGER
        );

        -- The unit of rollups that stands for these samples, if it is known.
        ALTER TABLE archive ADD COLUMN unit INTEGER;
        CREATE INDEX archive_unit ON archive (unit);
        """

    /// Wants that are remembered: more than a shore has open.
    private static let remembered = 1000
    /// Items that one transaction lets go first: 8 MB at the most.
    private static let itemsPerStep = 32

    /// Does the next step of what a want takes.
    ///
    /// - Returns: `nil` while there is more to do.
    package func answer(_ want: Want) throws -> WantAnswer? {
        let id = Int64(bitPattern: want.id)
        let maxBytes = Int64(clamping: want.maxBytes)
        var row = try known(want, id: id, maxBytes: maxBytes)
        if row == nil {
            try forgetOldest()
            // A number that stood for something else is a shore's that lost its memory.
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO wants (id, from_at, to_at, max_bytes, asked_at)
                    VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [
                    id, want.from.milliseconds, want.to.milliseconds, maxBytes, now.milliseconds,
                ]
            )
            row = try known(want, id: id, maxBytes: maxBytes)
        }
        guard let row else { return nil }
        var samples = UInt64(clamping: row["samples"] as Int64)
        var bytes = UInt64(clamping: row["bytes"] as Int64)
        var outcome = (row["outcome"] as UInt8?).flatMap(WantAnswer.Outcome.init(rawValue:))
        if outcome == nil {
            let step = try recall(
                from: want.from,
                to: want.to,
                maxBytes: want.maxBytes - min(bytes, want.maxBytes),
                maxItems: Self.itemsPerStep
            )
            samples += step.samples
            bytes += step.bytes
            if !step.isUnfinished { outcome = try judge(want, hasFound: bytes > 0) }
            try db.execute(
                sql: "UPDATE wants SET samples = ?, bytes = ?, outcome = ? WHERE id = ?",
                arguments: [
                    Int64(clamping: samples), Int64(clamping: bytes), outcome?.rawValue, id,
                ]
            )
        }
        return outcome.map {
            WantAnswer(id: want.id, outcome: $0, samples: samples, bytes: bytes)
        }
    }

    private func judge(_ want: Want, hasFound: Bool) throws -> WantAnswer.Outcome {
        if try holdsRaw(from: want.from, to: want.to) {
            return hasFound ? .partly : .overBudget
        }
        if hasFound { return .held }
        return try holdsWanted(from: want.from, to: want.to) ? .held : .notHeld
    }

    private func known(_ want: Want, id: Int64, maxBytes: Int64) throws -> Row? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT samples, bytes, outcome
                FROM wants
                WHERE id = ? AND from_at = ? AND to_at = ? AND max_bytes = ?
                """,
            arguments: [id, want.from.milliseconds, want.to.milliseconds, maxBytes]
        )
    }

    private func forgetOldest() throws {
        try db.execute(
            sql: """
                DELETE FROM wants
                WHERE id IN (
                    SELECT id FROM wants ORDER BY asked_at DESC, id DESC LIMIT -1 OFFSET ?
                )
                """,
            arguments: [Self.remembered - 1]
        )
    }
}
