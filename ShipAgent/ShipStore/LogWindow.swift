import FleetModel
import GRDB

/// The table of log records that have no place in their lane yet, and so may still be dropped.
///
/// A row is either records as they were accepted, or a segment that is ready but has no sequence:
/// what waits for a link is packed, so that the same room holds ten times as much. All records of a
/// row have one severity, since the mildest are dropped first.
enum LogWindow {
    static let schema = """
        CREATE TABLE log_window (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            accepted_at INTEGER NOT NULL,
            severity INTEGER NOT NULL,
            records INTEGER NOT NULL,
            length INTEGER NOT NULL,
            first_at INTEGER NOT NULL,
            last_at INTEGER NOT NULL,
            is_packed INTEGER NOT NULL,
            body BLOB NOT NULL
        );
        -- Which to send next, which to drop next, and the totals, without the bodies.
        CREATE INDEX log_window_order
            ON log_window (severity, id, is_packed, accepted_at, records, length);
        """

    /// Bytes of one row of accepted records: what is dropped at once.
    static let rowBytes = 64 * 1024

    static func totals(_ db: Database) throws -> (records: Int64, bytes: Int64, oldest: Int64?) {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT coalesce(sum(records), 0) AS records, coalesce(sum(length), 0) AS bytes,
                    min(accepted_at) AS oldest
                FROM log_window
                """
        )
        return (row?["records"] ?? 0, row?["bytes"] ?? 0, row?["oldest"])
    }
}
