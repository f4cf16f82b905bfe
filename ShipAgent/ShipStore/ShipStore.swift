import FleetModel
import FleetProtocol
import FleetRuntime
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
    private let currentEpoch: Mutex<LaneEpoch>

    /// How long a segment of fresh samples waits to be sent before it belongs to the backlog.
    package let backlogAfter: Duration
    /// How much of what the shore has acknowledged is kept, see `KeptSegments`.
    let keptBytes: Int

    /// What new series are rounded to.
    private let resolutions: [ResolutionRule]

    let database: DatabaseQueue
    let clock: WallClock
    let reserve: DiskReserve
    let offeredMark: OfferedMark
    let listeners = StoreListeners()
    let seriesWatch = SeriesWatch()
    private let chain = Mutex<SegmentChain?>(nil)

    /// Opens the store in `directory`, making it where `create` is set.
    ///
    /// - Throws: `StoreError` with a sentence that names the directory.
    package init(
        directory: String,
        create: Bool,
        backlogAfter: Duration = .seconds(600),
        resolutions: [ResolutionRule] = [],
        keptBytes: Int = KeptSegments.usualBytes,
        clock: WallClock = .system
    ) throws {
        self.directory = directory
        self.backlogAfter = backlogAfter
        self.resolutions = resolutions
        self.keptBytes = keptBytes
        self.clock = clock
        let path = directory + "/store.sqlite"
        var status = stat()
        if !create, stat(path, &status) != 0 {
            throw StoreError(.missing, "no store in \(directory): has this ship been enrolled?")
        }
        let reserve = DiskReserve(directory: directory)
        self.reserve = reserve
        offeredMark = OfferedMark(directory: directory)
        do {
            let (database, epoch) = try Self.open(path, reserve)
            self.database = database
            currentEpoch = Mutex(epoch)
        } catch let error as DatabaseError {
            throw StoreError(
                Self.meansNoRoom(error, reserve) ? .full : .unusable,
                "the store in \(directory) can't be used: \(error.message ?? error.resultCode.description)"
            )
        }
        _ = reserve.acquire()
        prepareOfferedMark()
    }

    /// Changes only where ship and shore have to begin anew, see `beginEpoch`.
    package var epoch: LaneEpoch { currentEpoch.withLock { $0 } }

    func setEpoch(_ epoch: LaneEpoch) { currentEpoch.withLock { $0 = epoch } }

    /// On a full disk, opening takes the reserve's room: SQLite makes files beside the database.
    private static func open(
        _ path: String,
        _ reserve: DiskReserve
    ) throws -> (DatabaseQueue, LaneEpoch) {
        func attempt() throws -> (DatabaseQueue, LaneEpoch) {
            let database = try DatabaseQueue(path: path, configuration: configuration)
            // A store that is in order is only read: it opens on a disk without any room.
            if let epoch = try database.read(knownEpoch) { return (database, epoch) }
            try StoreSchema.migrator.migrate(database)
            return (database, try database.write(prepare))
        }
        do {
            return try attempt()
        } catch let error as DatabaseError where meansNoRoom(error, reserve) && reserve.isHeld {
            reserve.release()
            return try attempt()
        }
    }

    /// Under the store's lock, so that no process replaces the file of another. Without it a disk
    /// without any room holds fresh samples back: no reason not to open.
    private func prepareOfferedMark() {
        guard !offeredMark.isReady else { return }
        try? database.inDatabase { db in
            try db.inTransaction(.immediate) {
                try offeredMark.prepare()
                return .rollback
            }
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.label = "store"
        configuration.prepareDatabase { db in
            // So that freed pages can go back to the disk. Only a new database can be told, and to
            // say it again would be a write, which a full disk refuses.
            if try Int.fetchOne(db, sql: "PRAGMA page_count") == 0 {
                try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            }
            // WAL, but not by the library's own setting: that lowers `synchronous` to NORMAL, which
            // gives commits up to a power cut. 256 pages are 1 MB: small enough for a small disk,
            // rare enough for a slow one. What is temporary stays in memory: another disk may be
            // full too.
            try db.execute(
                sql: """
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = FULL;
                    PRAGMA wal_autocheckpoint = 256;
                    PRAGMA journal_size_limit = 1048576;
                    PRAGMA cache_size = -1024;
                    PRAGMA temp_store = MEMORY;
                    """
            )
        }
        return configuration
    }

    /// The epoch of a store that is at this program's version, with all its lanes.
    private static func knownEpoch(_ db: Database) throws -> LaneEpoch? {
        guard try StoreSchema.migrator.hasCompletedMigrations(db),
            try Int.fetchOne(db, sql: "SELECT count(*) FROM lanes") == Lane.allCases.count
        else { return nil }
        return try storedEpoch(db)
    }

    private static func storedEpoch(_ db: Database) throws -> LaneEpoch? {
        try Int64.fetchOne(db, sql: "SELECT value FROM facts WHERE key = 'epoch'")
            .map { LaneEpoch(UInt64(bitPattern: $0)) }
    }

    /// As this transaction sees it, whichever process began it.
    static func epoch(_ db: Database) throws -> LaneEpoch {
        guard let epoch = try storedEpoch(db) else {
            throw StoreError(.damaged, "the store has no epoch")
        }
        return epoch
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
        try db.execute(
            sql: "INSERT OR IGNORE INTO facts (key, value) VALUES ('epoch', ?)",
            arguments: [Int64(bitPattern: UInt64.random(in: .min ... .max))]
        )
        return try epoch(db)
    }

    // MARK: Writing

    /// Runs one transaction that takes data in. Refused while the disk is full: nothing is kept of
    /// it then, and the caller tries again when there is room.
    package func write<Result: Sendable>(
        _ body: @Sendable @escaping (borrowing StoreWriter) throws -> Result
    ) async throws -> Result {
        guard await hasRoom() else { throw noRoom }
        do {
            return try await transact(body)
        } catch let error as DatabaseError where Self.meansNoRoom(error, reserve) {
            reserve.release()
            throw noRoom
        }
    }

    /// Runs one transaction that gives back more room than it takes, such as sealing what the
    /// window holds. On a full disk it is given the reserve's room.
    package func tidy<Result: Sendable>(
        _ body: @Sendable @escaping (borrowing StoreWriter) throws -> Result
    ) async throws -> Result {
        try await free { try await transact(body) }
    }

    /// One transaction, and with it the chain that the next segment is predicted from.
    func transact<Result: Sendable>(
        _ body: @Sendable @escaping (borrowing StoreWriter) throws -> Result
    ) async throws -> Result {
        do {
            return try await database.writeWithoutTransaction { db in
                let draft = SegmentChainDraft(self.chain.withLock { $0 })
                var result: Result?
                // Immediate: two processes that both mean to write wait for each other, where a
                // deferred transaction would fail when it comes to write.
                try db.inTransaction(.immediate) {
                    result = try body(
                        StoreWriter(
                            db: db,
                            draft: draft,
                            now: clock.now(),
                            backlogAfter: backlogAfter,
                            resolutions: resolutions,
                            offeredMark: offeredMark,
                            watch: seriesWatch
                        )
                    )
                    return .commit
                }
                self.chain.withLock { $0 = draft.chain }
                self.listeners.tell()
                guard let result else {
                    preconditionFailure("a transaction ended without a result")
                }
                return result
            }
        } catch let error as DatabaseError
            where [.SQLITE_BUSY, .SQLITE_LOCKED].contains(error.resultCode)
        {
            throw StoreError(.busy, "another process keeps the store in \(directory) busy")
        }
    }

    func free<Result: Sendable>(
        _ work: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await work()
        } catch let error as DatabaseError where Self.meansNoRoom(error, reserve) {
            reserve.release()
        }
        do {
            return try await work()
        } catch let error as DatabaseError where Self.meansNoRoom(error, reserve) {
            throw noRoom
        }
    }

    /// Whether data may be taken in: the reserve is held, or could be taken again.
    private func hasRoom() async -> Bool {
        if reserve.acquire() { return true }
        await shrink()
        return reserve.acquire()
    }

    /// Gives pages that hold nothing back to the disk; a database keeps them for itself otherwise,
    /// and a disk that the store itself has filled would stay full for ever. Some at a time: moving
    /// pages takes room in the log.
    private func shrink() async {
        do {
            for _ in 0..<Self.shrinkSteps {
                let hasMore = try await database.writeWithoutTransaction { db in
                    try KeptSegments.giveUpSome(db)
                    try db.checkpoint(.truncate)
                    let unused = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
                    if unused > 0 {
                        try db.execute(sql: "PRAGMA incremental_vacuum(\(Self.pagesPerShrink))")
                    }
                    return unused > 0
                }
                if !hasMore || reserve.acquire() { return }
            }
        } catch {
            // Another process reads, or there is no room even for that: the next attempt is made
            // with the next data.
        }
    }

    /// 512 kB at a time, half of what the log grows to between checkpoints.
    private static let pagesPerShrink = 128
    /// 16 MB at most while a caller waits.
    private static let shrinkSteps = 32

    var noRoom: StoreError {
        StoreError(.full, "the disk that holds \(directory) is full")
    }

    static func meansNoRoom(_ error: DatabaseError, _ reserve: DiskReserve) -> Bool {
        switch error.resultCode {
        case .SQLITE_FULL: true
        // A quota shows as a failed write.
        case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_WRITE: true
        case .SQLITE_IOERR, .SQLITE_CANTOPEN: reserve.isNearlyFull
        default: false
        }
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
                    firstHeld: try KeptSegments.first(record, db),
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
        try await database.read { try StoredSegment.fetch(lane, sequence, $0) }
    }
}
