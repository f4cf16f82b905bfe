import GRDB

extension StoreWriter {
    /// Writes a small fact, in the transaction of what it tells about.
    package func setFact(_ key: String, _ value: String) throws {
        try db.execute(
            sql: """
                INSERT INTO facts (key, value) VALUES (?, ?)
                ON CONFLICT (key) DO UPDATE SET value = excluded.value
                """,
            arguments: [key, value]
        )
    }

    /// A fact as this transaction sees it.
    package func fact(_ key: String) throws -> String? {
        try String.fetchOne(db, sql: "SELECT value FROM facts WHERE key = ?", arguments: [key])
    }
}
