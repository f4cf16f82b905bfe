import GRDB

/// The store's tables and their steps. A step that was released never changes.
enum StoreSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 lanes, series, window, segments") { db in
            try db.execute(sql: first)
        }
        migrator.registerMigration("2 intake") { db in
            try db.execute(sql: intake)
        }
        return migrator
    }

    private static let first = """
        -- Facts about this store, such as its epoch.
        CREATE TABLE facts (
            key TEXT PRIMARY KEY,
            value BLOB NOT NULL
        ) WITHOUT ROWID;

        -- The catalogue: what a series number stands for.
        CREATE TABLE series (
            number INTEGER PRIMARY KEY,
            labels TEXT NOT NULL UNIQUE,
            kind INTEGER NOT NULL
        );

        -- One row a lane: where it ends, what the shore has, and the ledger.
        CREATE TABLE lanes (
            lane INTEGER PRIMARY KEY,
            end_sequence INTEGER NOT NULL DEFAULT 0,
            end_chain BLOB NOT NULL,
            committed_sequence INTEGER NOT NULL DEFAULT 0,
            committed_chain BLOB NOT NULL,
            durable_offset INTEGER NOT NULL DEFAULT 0,
            produced INTEGER NOT NULL DEFAULT 0,
            stored INTEGER NOT NULL DEFAULT 0,
            lost INTEGER NOT NULL DEFAULT 0
        );

        -- Accepted samples that are in no segment yet.
        CREATE TABLE window (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            accepted_at INTEGER NOT NULL,
            records INTEGER NOT NULL,
            body BLOB NOT NULL
        );

        -- The outbox: sealed segments that are not committed ashore.
        CREATE TABLE segments (
            lane INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            records INTEGER NOT NULL,
            first_at INTEGER NOT NULL,
            last_at INTEGER NOT NULL,
            chain BLOB NOT NULL,
            length INTEGER NOT NULL,
            body BLOB NOT NULL,
            UNIQUE (lane, sequence)
        );

        -- Scrape targets: their group numbers, and which series each had last, for staleness.
        CREATE TABLE targets (
            target_group INTEGER PRIMARY KEY,
            identity TEXT NOT NULL UNIQUE,
            live BLOB NOT NULL
        );

        -- How far each recorded file is replayed; it moves in the transaction of its samples.
        CREATE TABLE replays (
            file TEXT NOT NULL,
            job TEXT NOT NULL,
            instance TEXT NOT NULL,
            next_line INTEGER NOT NULL,
            is_finished INTEGER NOT NULL,
            PRIMARY KEY (file, job, instance)
        ) WITHOUT ROWID;
        """
}
