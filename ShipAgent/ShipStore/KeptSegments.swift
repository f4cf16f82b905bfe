import FleetIdentity
import FleetModel
import FleetProtocol
import FoundationEssentials
import GRDB

/// Segments that the shore has acknowledged, kept aboard as long as there is room: a shore that was
/// restored from a backup asks for them again.
package enum KeptSegments {
    /// An hour of a ship that fills half of a 128 kbit/s link for a quarter of it is 7 MB.
    package static let usualBytes = 16 << 20

    static let schema = """
        CREATE TABLE kept (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            lane INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            records INTEGER NOT NULL,
            first_at INTEGER NOT NULL,
            last_at INTEGER NOT NULL,
            chain BLOB NOT NULL,
            length INTEGER NOT NULL,
            body BLOB NOT NULL,
            stands_alone INTEGER NOT NULL,
            UNIQUE (lane, sequence)
        );
        -- So that no body is read for the sum.
        CREATE INDEX kept_length ON kept (id, length);
        """

    private static let columns =
        "lane, sequence, records, first_at, last_at, chain, length, body, stands_alone"

    /// Takes what is about to leave the outbox, and lets the oldest go for it.
    static func keep(
        _ lane: Lane,
        before sequence: UInt64,
        atMost limit: Int,
        _ db: Database
    ) throws {
        if limit > 0 {
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO kept (\(columns))
                    SELECT \(columns) FROM segments WHERE lane = ? AND sequence < ? ORDER BY sequence
                    """,
                arguments: [lane.rawValue, Int64(sequence)]
            )
        }
        let total = try Int.fetchOne(db, sql: "SELECT coalesce(sum(length), 0) FROM kept") ?? 0
        guard total > limit else { return }
        try db.execute(
            sql: """
                DELETE FROM kept
                WHERE id <= (
                    SELECT id
                    FROM (SELECT id, sum(length) OVER (ORDER BY id DESC) AS since FROM kept)
                    WHERE since > ?
                    ORDER BY id DESC
                    LIMIT 1
                )
                """,
            arguments: [limit]
        )
    }

    /// Lets some of the oldest go, where the disk has no room.
    static func giveUpSome(_ db: Database) throws {
        try db.execute(
            sql: "DELETE FROM kept WHERE id IN (SELECT id FROM kept ORDER BY id LIMIT 64)"
        )
    }

    /// The oldest segment of the lane that can still be sent.
    static func first(_ lane: LaneRecord, _ db: Database) throws -> UInt64 {
        let first = try Int64.fetchOne(
            db,
            sql: "SELECT min(sequence) FROM kept WHERE lane = ?",
            arguments: [lane.lane.rawValue]
        )
        return first.map { UInt64($0) } ?? lane.committedSequence
    }

    /// Whether `place` lies in what is kept, and means the same bytes there.
    static func holds(_ place: LanePosition, of lane: LaneRecord, _ db: Database) throws -> Bool {
        guard place.sequence < lane.committedSequence else { return false }
        let count = try UInt64.fetchOne(
            db,
            sql: "SELECT count(*) FROM kept WHERE lane = ? AND sequence >= ? AND sequence < ?",
            arguments: [
                lane.lane.rawValue, Int64(place.sequence), Int64(lane.committedSequence),
            ]
        )
        guard count == lane.committedSequence - place.sequence else { return false }
        let row = try Row.fetchOne(
            db,
            sql: "SELECT chain, body FROM kept WHERE lane = ? AND sequence = ?",
            arguments: [lane.lane.rawValue, Int64(place.sequence)]
        )
        guard let row else { return false }
        let next = place.chain.advanced(by: row["body"] as Data)
        return Array(row["chain"] as Data) == next.bytes
    }

    /// Puts everything from `sequence` on back into the outbox.
    ///
    /// - Returns: its records, which are not stored ashore any more.
    static func putBack(_ lane: Lane, from sequence: UInt64, _ db: Database) throws -> Int64 {
        let range: StatementArguments = [lane.rawValue, Int64(sequence)]
        let records = try Int64.fetchOne(
            db,
            sql: "SELECT coalesce(sum(records), 0) FROM kept WHERE lane = ? AND sequence >= ?",
            arguments: range
        )
        try db.execute(
            sql: """
                INSERT INTO segments (\(columns))
                SELECT \(columns) FROM kept WHERE lane = ? AND sequence >= ? ORDER BY sequence
                """,
            arguments: range
        )
        try db.execute(
            sql: "DELETE FROM kept WHERE lane = ? AND sequence >= ?",
            arguments: range
        )
        return records ?? 0
    }
}
