import FleetModel
import FleetProtocol
import FleetRuntime
import FleetSeries
import FoundationEssentials
import GRDB

/// What a session takes to send.
extension ShipStore {
    /// A segment that is about to be handed to a session: from now on it never changes, whatever
    /// becomes of the session, and that is on the disk before this returns.
    ///
    /// Only fresh samples could leave their lane again, so only of them it is written down: at the
    /// latest in the mark's own file, where the disk has no room for a transaction.
    ///
    /// - Returns: `nil` where the lane has no such segment (any more).
    package func offer(_ lane: Lane, _ sequence: UInt64) async throws -> StoredSegment? {
        guard lane == .metrics else { return try await segment(lane, sequence) }
        let known = try await database.read { db -> StoredSegment? in
            guard try isOffered(sequence, db) else { return nil }
            return try StoredSegment.fetch(lane, sequence, db)
        }
        if let known { return known }
        do {
            return try await transact { writer in
                let segment = try StoredSegment.fetch(lane, sequence, writer.db)
                if segment != nil { try writer.markOffered(before: sequence + 1) }
                return segment
            }
        } catch let error as DatabaseError where Self.meansNoRoom(error, reserve) {
            return try await offerWithoutRoom(lane, sequence)
        }
    }

    private func isOffered(_ sequence: UInt64, _ db: Database) throws -> Bool {
        if try LaneRecord.fetch(.metrics, db).offered > sequence { return true }
        return offeredMark.read(of: try Self.epoch(db)) > sequence
    }

    /// Under the lock of a transaction that writes nothing: no other may take the segment out of its
    /// lane between the look at it and the mark.
    private func offerWithoutRoom(
        _ lane: Lane,
        _ sequence: UInt64
    ) async throws -> StoredSegment? {
        do {
            return try await database.writeWithoutTransaction { db in
                var segment: StoredSegment?
                try db.inTransaction(.immediate) {
                    segment = try StoredSegment.fetch(lane, sequence, db)
                    guard segment != nil else { return .rollback }
                    guard offeredMark.write(before: sequence + 1, of: try Self.epoch(db)) else {
                        throw noRoom
                    }
                    return .rollback
                }
                return segment
            }
        } catch let error as DatabaseError where Self.meansNoRoom(error, reserve) {
            throw noRoom
        }
    }

    /// Gives the next item that waits in the pool its place in the lane.
    ///
    /// - Returns: one past the lane's newest segment; `nil` where nothing waits.
    package func sequenceNext(_ lane: Lane) async throws -> UInt64? {
        guard try await hasNext(lane) else { return nil }
        return try await tidy { try $0.sequenceNext(lane) }
    }

    /// A look that takes no lock: it is asked twice a second.
    private func hasNext(_ lane: Lane) async throws -> Bool {
        let now = clock.now()
        return try await database.read { db in
            switch lane {
            case .backlog:
                return try Self.exists("SELECT 1 FROM pool WHERE rung = 0", db)
            case .summary:
                if try Self.exists("SELECT 1 FROM pool WHERE rung > 0", db) { return true }
                if try Self.exists("SELECT 1 FROM declarations WHERE unit IS NULL", db) {
                    return true
                }
                if try Self.exists("SELECT 1 FROM link_use WHERE day < \(now.day)", db) {
                    return true
                }
                return try StoreWriter.areAccountsDue(db, at: now)
            case .events, .catalogue, .metrics, .logs:
                return false
            }
        }
    }

    private static func exists(_ query: String, _ db: Database) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT EXISTS (\(query))") ?? false
    }
}

extension StoreWriter {
    /// Of the lane of fresh samples, the only one that anything is taken out of again.
    func markOffered(before sequence: UInt64) throws {
        try db.execute(
            sql: "UPDATE lanes SET offered = max(offered, ?) WHERE lane = ?",
            arguments: [Int64(clamping: sequence), Lane.metrics.rawValue]
        )
    }

    func sequenceNext(_ lane: Lane) throws -> UInt64? {
        switch lane {
        case .backlog:
            guard let id = try nextPooled(lane, rungs: Rung.raw...Rung.raw) else { return nil }
            return try sequence(id, in: lane)
        case .summary:
            return try sequenceSummary()
        case .events, .catalogue, .metrics, .logs:
            return nil
        }
    }

    /// What the shore asked for; else four times of five the newest, so that the present is seen,
    /// and once the oldest, so that the past still arrives. The lane's own sequence says whose turn
    /// it is: a restart changes nothing in it.
    func nextPooled(_ lane: Lane, rungs: ClosedRange<Rung>) throws -> Int64? {
        let turn = try LaneRecord.fetch(lane, db).endSequence % Self.turns
        let order = turn == Self.turns - 1 ? "first_at ASC, id ASC" : "last_at DESC, id DESC"
        return try Int64.fetchOne(
            db,
            sql: """
                SELECT id
                FROM pool INDEXED BY pool_order
                WHERE rung BETWEEN ? AND ?
                ORDER BY wanted DESC, \(order)
                LIMIT 1
                """,
            arguments: [rungs.lowerBound.rawValue, rungs.upperBound.rawValue]
        )
    }

    /// The oldest of the backlog gets one turn in five.
    private static let turns: UInt64 = 5

    func sequence(_ id: Int64, in lane: Lane) throws -> UInt64 {
        let row = try Row.fetchOne(
            db,
            sql: "SELECT first_at, last_at, records, body FROM pool WHERE id = ?",
            arguments: [id]
        )
        guard let row else { throw StoreError(.damaged, "an item of the backlog is missing") }
        try append(
            SealedSegment(
                bytes: Array(row["body"] as Data),
                recordCount: row["records"],
                first: Timestamp(milliseconds: row["first_at"]),
                last: Timestamp(milliseconds: row["last_at"]),
                watermark: 0
            ),
            to: lane
        )
        try removeFromPool([id])
        return try LaneRecord.fetch(lane, db).endSequence
    }
}
