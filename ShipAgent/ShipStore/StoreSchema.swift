import GRDB

/// The store's tables and their steps. A step that was released never changes.
enum StoreSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 lanes, series, window, segments") { db in
            try db.execute(sql: first)
        }
        migrator.registerMigration("2 backlog, ladder, accounts, budgets") { db in
            try db.execute(sql: second)
        }
        migrator.registerMigration("logs: records on their way to the lane") { db in
            try db.execute(sql: LogWindow.schema)
        }
        migrator.registerMigration("intake: what was written remotely") { db in
            try db.execute(sql: intake)
        }
        migrator.registerMigration("kept: what the shore has, in case it loses it; epochs") { db in
            try db.execute(sql: KeptSegments.schema)
            try db.execute(sql: EpochAccounts.schema)
        }
        migrator.registerMigration("series: what they are rounded to") { db in
            try db.execute(sql: StoreWriter.resolutionSchema)
        }
        migrator.registerMigration("wants: what the shore asked for") { db in
            try db.execute(sql: StoreWriter.wantsSchema)
        }
        migrator.registerMigration("recalls: what came back, and is not told of yet") { db in
            try db.execute(sql: StoreWriter.recallSchema)
        }
        migrator.registerMigration("keys: segments of fresh samples that stand alone") { db in
            try db.execute(sql: KeptSegments.keysSchema)
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

    private static let second = """
        -- Segments before this one may have been handed to a session: they never change again. Of
        -- what the step before left nobody knows, so all of it counts as offered.
        ALTER TABLE lanes ADD COLUMN offered INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE lanes ADD COLUMN degraded INTEGER NOT NULL DEFAULT 0;
        UPDATE lanes SET offered = end_sequence;

        ALTER TABLE segments ADD COLUMN sealed_at INTEGER NOT NULL DEFAULT 0;
        -- It is read without the one before it.
        ALTER TABLE segments ADD COLUMN stands_alone INTEGER NOT NULL DEFAULT 0;

        -- What waits without a place in a lane: raw samples (rung 0) for the lane backlog, and the
        -- rollups that stand for thinned ones (rung 1 and up) for the lane summary.
        CREATE TABLE pool (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            rung INTEGER NOT NULL,
            first_at INTEGER NOT NULL,
            last_at INTEGER NOT NULL,
            -- Samples, or rows of a rollup.
            records INTEGER NOT NULL,
            -- Raw samples that it stands for.
            samples INTEGER NOT NULL,
            -- The shore asked for it: it goes first, and is not thinned.
            wanted INTEGER NOT NULL DEFAULT 0,
            -- What was thinned together: its segments and its declaration. The first has its own id.
            unit INTEGER,
            length INTEGER NOT NULL,
            body BLOB NOT NULL
        );
        -- Holds all that is counted and chosen by, so that no body is read for it.
        CREATE INDEX pool_order ON pool (rung, first_at, last_at, wanted, unit, records, samples, length);

        -- Raw samples that were thinned, as long as there is room: the shore may still want them.
        CREATE TABLE archive (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            first_at INTEGER NOT NULL,
            last_at INTEGER NOT NULL,
            samples INTEGER NOT NULL,
            length INTEGER NOT NULL,
            body BLOB NOT NULL
        );
        CREATE INDEX archive_order ON archive (first_at, last_at, samples, length);

        -- What the shore is to be told about what was thinned or given up. Of a rollup that still
        -- waits it is not told yet: it may become a coarser one.
        CREATE TABLE declarations (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            lane INTEGER NOT NULL,
            -- Set while rollups that it goes with wait in the pool.
            unit INTEGER,
            -- Half-open.
            from_at INTEGER NOT NULL,
            to_at INTEGER NOT NULL,
            was INTEGER NOT NULL DEFAULT 0,
            rung INTEGER,
            samples INTEGER NOT NULL,
            reason TEXT NOT NULL,
            at INTEGER NOT NULL
        );
        CREATE INDEX declarations_unit ON declarations (unit);

        -- One lane's account of one UTC day of its records' times.
        CREATE TABLE days (
            lane INTEGER NOT NULL,
            day INTEGER NOT NULL,
            produced INTEGER NOT NULL DEFAULT 0,
            degraded INTEGER NOT NULL DEFAULT 0,
            lost INTEGER NOT NULL DEFAULT 0,
            -- Since it was put into a segment last.
            changed INTEGER NOT NULL DEFAULT 1,
            PRIMARY KEY (lane, day)
        ) WITHOUT ROWID;

        -- Bytes of fresh segments sealed in one hour: what the link must carry anyway.
        CREATE TABLE sealing (
            hour INTEGER PRIMARY KEY,
            bytes INTEGER NOT NULL
        );

        -- Bytes sent on one UTC day over links of one class; lane 0 is what belongs to none.
        CREATE TABLE spending (
            day INTEGER NOT NULL,
            class TEXT NOT NULL,
            lane INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            PRIMARY KEY (day, class, lane)
        ) WITHOUT ROWID;

        -- What the ship used of each class of link on one UTC day, until it is told ashore.
        CREATE TABLE link_use (
            day INTEGER NOT NULL,
            class TEXT NOT NULL,
            bytes_up INTEGER NOT NULL,
            bytes_down INTEGER NOT NULL,
            connected_ms INTEGER NOT NULL,
            micros_per_mb INTEGER NOT NULL,
            currency TEXT NOT NULL,
            PRIMARY KEY (day, class)
        ) WITHOUT ROWID;
        """
}
