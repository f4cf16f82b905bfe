import FleetModel
import FleetProtocol
import FleetSeries
import FoundationEssentials
import GRDB
import Glibc
import Synchronization

/// What survives a power cut aboard: one SQLite file with the catalogue, the window of unsealed
/// samples, the outbox and the ledger.
///
/// WAL with `synchronous = FULL`: what a transaction returned from is on the disk. Several
/// processes may use one store at once (`run` beside `replay` and `status`).
package final class ShipStore: Sendable {
    /// The store's directory.
    package let directory: String
    package let epoch: LaneEpoch

    private let database: DatabaseQueue
    private let reserve: DiskReserve
    private let isFull = Mutex(false)
    private let chain = Mutex<SegmentChain?>(nil)

    /// Opens the store in `directory`, making it where `create` is set.
    ///
    /// - Throws: `StoreError` with a sentence that names the directory.
    package init(directory: String, create: Bool) throws {
        self.directory = directory
        let path = directory + "/store.sqlite"
        var status = stat()
        if !create, stat(path, &status) != 0 {
            throw StoreError(.missing, "no store in \(directory): has this ship been enrolled?")
        }
        reserve = DiskReserve(directory: directory)
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(10)
        configuration.label = "store"
        configuration.prepareDatabase { db in
            // 256 pages are 1 MB: small enough for a small disk, rare enough for a slow one.
            try db.execute(
                sql: """
                    PRAGMA synchronous = FULL;
                    PRAGMA wal_autocheckpoint = 256;
                    PRAGMA journal_size_limit = 1048576;
                    PRAGMA cache_size = -1024;
                    """
            )
        }
        do {
            database = try DatabaseQueue(path: path, configuration: configuration)
            try StoreSchema.migrator.migrate(database)
            epoch = try database.write(Self.prepare)
        } catch let error as DatabaseError {
            throw StoreError(
                error.resultCode == .SQLITE_FULL ? .full : .unusable,
                "the store in \(directory) can't be used: \(error.message ?? error.resultCode.description)"
            )
        }
        if !reserve.acquire() { isFull.withLock { $0 = true } }
    }

    private static func prepare(_ db: Database) throws -> LaneEpoch {
        for lane in Lane.allCases {
            try db.execute(
                sql:
                    "INSERT OR IGNORE INTO lanes (lane, end_chain, committed_chain) VALUES (?, ?, ?)",
                arguments: [
                    lane.rawValue, Data(ChainDigest.start.bytes), Data(ChainDigest.start.bytes),
                ]
            )
        }
        let drawn = Int64(bitPattern: UInt64.random(in: .min ... .max))
        try db.execute(
            sql: "INSERT OR IGNORE INTO facts (key, value) VALUES ('epoch', ?)",
            arguments: [drawn]
        )
        let epoch = try Int64.fetchOne(db, sql: "SELECT value FROM facts WHERE key = 'epoch'")
        return LaneEpoch(UInt64(bitPattern: epoch ?? drawn))
    }

    // MARK: Writing

    /// Runs one transaction that takes data in. Refused while the disk is full: nothing is kept of
    /// it then, and the caller tries again when there is room.
    package func write<Result: Sendable>(
        _ body: @Sendable @escaping (borrowing StoreWriter) throws -> Result
    ) async throws -> Result {
        if isFull.withLock({ $0 }) {
            guard reserve.acquire() else {
                throw StoreError(.full, "the disk that holds \(directory) is full")
            }
            isFull.withLock { $0 = false }
        }
        do {
            return try await database.writeWithoutTransaction { db in
                let draft = SegmentChainDraft(self.chain.withLock { $0 })
                var result: Result?
                // Immediate: two processes that both mean to write wait for each other, where a
                // deferred transaction would fail when it comes to write.
                try db.inTransaction(.immediate) {
                    result = try body(StoreWriter(db: db, draft: draft))
                    return .commit
                }
                self.chain.withLock { $0 = draft.chain }
                guard let result else { preconditionFailure("a transaction ended without a result") }
                return result
            }
        } catch let error as DatabaseError where Self.meansNoRoom(error) {
            noteFull()
            throw StoreError(.full, "the disk that holds \(directory) is full")
        }
    }

    /// Whether the store refuses data for want of room.
    package var isDiskFull: Bool { isFull.withLock { $0 } }

    private func noteFull() {
        isFull.withLock { $0 = true }
        reserve.release()
    }

    private static func meansNoRoom(_ error: DatabaseError) -> Bool {
        error.resultCode == .SQLITE_FULL || error.extendedResultCode == .SQLITE_IOERR_WRITE
    }

    // MARK: The uplink's side

    /// Every lane as a hello reports it.
    package func laneReports() async throws -> [Hello.LaneReport] {
        try await database.read { db in
            try Lane.allCases.map { lane in
                let record = try LaneRecord.fetch(lane, db)
                return Hello.LaneReport(
                    position: LanePosition(
                        lane: lane,
                        sequence: record.committedSequence,
                        offset: record.durableOffset,
                        chain: record.committedChain
                    ),
                    firstHeld: record.committedSequence,
                    end: record.endSequence
                )
            }
        }
    }

    /// One past the newest segment of every lane.
    package func ends() async throws -> [Lane: UInt64] {
        try await database.read { db in
            var ends: [Lane: UInt64] = [:]
            for lane in Lane.allCases { ends[lane] = try LaneRecord.fetch(lane, db).endSequence }
            return ends
        }
    }

    package func segment(_ lane: Lane, _ sequence: UInt64) async throws -> StoredSegment? {
        try await database.read { db in
            let row = try Row.fetchOne(
                db,
                sql: "SELECT records, body FROM segments WHERE lane = ? AND sequence = ?",
                arguments: [lane.rawValue, Int64(sequence)]
            )
            guard let row else { return nil }
            return StoredSegment(
                lane: lane,
                sequence: sequence,
                recordCount: UInt64(row["records"] as Int64),
                bytes: Array(row["body"] as Data)
            )
        }
    }

    /// Forgets what the shore has for good. Works on a full disk too, by giving up the reserve.
    package func release(_ releases: [UploadSession.Release]) async throws {
        let work: @Sendable (Database) throws -> Void = { db in
            for release in releases { try Self.release(release, db) }
        }
        do {
            try await database.write(work)
        } catch let error as DatabaseError where Self.meansNoRoom(error) {
            noteFull()
            try await database.write(work)
        }
    }

    private static func release(_ release: UploadSession.Release, _ db: Database) throws {
        let record = try LaneRecord.fetch(release.lane, db)
        guard release.sequence >= record.committedSequence else { return }
        var chain = record.committedChain
        if release.sequence > record.committedSequence {
            let last = try Data.fetchOne(
                db,
                sql: "SELECT chain FROM segments WHERE lane = ? AND sequence = ?",
                arguments: [release.lane.rawValue, Int64(release.sequence) - 1]
            )
            guard let last, let digest = ChainDigest(bytes: Array(last)) else {
                throw StoreError(
                    .damaged,
                    "a segment that the shore acknowledged is not in the store"
                )
            }
            chain = digest
        }
        let records =
            try Int64.fetchOne(
                db,
                sql:
                    "SELECT coalesce(sum(records), 0) FROM segments WHERE lane = ? AND sequence < ?",
                arguments: [release.lane.rawValue, Int64(release.sequence)]
            ) ?? 0
        try db.execute(
            sql: "DELETE FROM segments WHERE lane = ? AND sequence < ?",
            arguments: [release.lane.rawValue, Int64(release.sequence)]
        )
        try db.execute(
            sql: """
                UPDATE lanes
                SET committed_sequence = ?, committed_chain = ?, durable_offset = ?,
                    stored = stored + ?
                WHERE lane = ?
                """,
            arguments: [
                Int64(release.sequence), Data(chain.bytes), Int64(release.durableOffset), records,
                release.lane.rawValue,
            ]
        )
    }

    // MARK: Accounts

    /// Every lane's queue and ledger, from one consistent view.
    package func status() async throws -> [LaneStatus] {
        try await database.read { db in
            try Lane.allCases.map { lane in
                let record = try LaneRecord.fetch(lane, db)
                let queue = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT coalesce(sum(records), 0) AS records,
                            coalesce(sum(length), 0) AS bytes, min(first_at) AS oldest
                        FROM segments
                        WHERE lane = ?
                        """,
                    arguments: [lane.rawValue]
                )
                var pending: Int64 = queue?["records"] ?? 0
                var oldest: Int64? = queue?["oldest"]
                if lane == .metrics {
                    let window = try Row.fetchOne(
                        db,
                        sql: """
                            SELECT coalesce(sum(records), 0) AS records, min(accepted_at) AS oldest
                            FROM window
                            """
                    )
                    pending += window?["records"] ?? 0
                    oldest = [oldest, window?["oldest"]].compactMap { $0 }.min()
                }
                return LaneStatus(
                    lane: lane,
                    queuedBytes: UInt64(queue?["bytes"] as Int64? ?? 0),
                    oldest: pending == 0 ? nil : oldest.map(Timestamp.init(milliseconds:)),
                    ledger: LedgerTotals(
                        produced: record.produced,
                        stored: record.stored,
                        pending: UInt64(pending),
                        lost: record.lost
                    )
                )
            }
        }
    }

    /// The account that goes to the shore.
    package func ledger() async throws -> LedgerReport {
        let totals = try await status().map { ($0.lane, $0.ledger) }
        return LedgerReport(totals: Dictionary(totals) { first, _ in first })
    }

    // MARK: Facts

    /// A small fact that another process may want to know, such as the link's state.
    package func fact(_ key: String) async throws -> String? {
        try await database.read { db in
            try String.fetchOne(
                db,
                sql: "SELECT value FROM facts WHERE key = ?",
                arguments: [key]
            )
        }
    }

    package func setFact(_ key: String, _ value: String) async throws {
        try await database.write { db in
            try db.execute(
                sql: """
                    INSERT INTO facts (key, value) VALUES (?, ?)
                    ON CONFLICT (key) DO UPDATE SET value = excluded.value
                    """,
                arguments: [key, value]
            )
        }
    }
}
