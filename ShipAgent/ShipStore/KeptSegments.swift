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

    static let keysSchema = """
        -- The few segments of fresh samples that are read without the one before: no body is read to
        -- find them.
        CREATE INDEX kept_keys ON kept (sequence) WHERE stands_alone AND lane = 4;
        CREATE INDEX segments_keys ON segments (sequence) WHERE stands_alone AND lane = 4;
        """

    private static let columns =
        "lane, sequence, records, first_at, last_at, chain, length, body, stands_alone"

    /// Takes what is about to leave the outbox, and lets the oldest go for it.
    ///
    /// However small the limit, what fresh samples that wait are read with stays, a chain of at most
    /// `SegmentChain.longest` segments: without it they could not begin anew in another epoch.
    ///
    /// - Parameter limit: in bytes; `nil` where the disk has no room to keep anything more.
    static func keep(
        _ lane: Lane,
        before sequence: UInt64,
        atMost limit: Int?,
        _ db: Database
    ) throws {
        let chain = try chainStart(lane == .metrics ? sequence : nil, db)
        if let limit, limit > 0 || lane == .metrics {
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO kept (\(columns))
                    SELECT \(columns)
                    FROM segments
                    WHERE lane = ? AND sequence < ? AND sequence >= ?
                    ORDER BY sequence
                    """,
                arguments: [lane.rawValue, Int64(sequence), limit > 0 ? 0 : chain]
            )
        }
        let limit = limit ?? 0
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
                AND NOT (lane = ? AND sequence >= ?)
                """,
            arguments: [limit, Lane.metrics.rawValue, chain]
        )
    }

    /// The segment of fresh samples from which on the one behind the last acknowledged can be read.
    ///
    /// - Parameter committed: what the shore is known to have, if it is more than the lane says.
    private static func chainStart(_ committed: UInt64?, _ db: Database) throws -> Int64 {
        let place = committed.map { Int64($0) }
        return try ["kept", "segments"].compactMap { table in
            try Int64.fetchOne(
                db,
                sql: """
                    SELECT max(sequence)
                    FROM \(table)
                    WHERE stands_alone AND lane = \(Lane.metrics.rawValue) AND sequence <= coalesce(
                        ?, (SELECT committed_sequence FROM lanes WHERE lane = \(Lane.metrics.rawValue))
                    )
                    """,
                arguments: [place]
            )
        }.max() ?? 0
    }

    /// Lets some of the oldest go, where the disk has no room.
    static func giveUpSome(_ db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM kept
                WHERE id IN (
                    SELECT id FROM kept WHERE NOT (lane = ? AND sequence >= ?) ORDER BY id LIMIT 64
                )
                """,
            arguments: [Lane.metrics.rawValue, try chainStart(nil, db)]
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
