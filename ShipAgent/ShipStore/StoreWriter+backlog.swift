import FleetModel
import FleetSeries
import FoundationEssentials
import GRDB

/// Fresh samples that were not sent in time leave their lane for the pool, and what is in the pool
/// is sealed anew into long segments.
extension StoreWriter {
    /// What one step did.
    package struct Move: Sendable, Equatable {
        package var segments = 0
        package var samples = 0
    }

    // MARK: Out of the lane

    /// Whether the next segment of fresh samples is to stand alone: what waits unsent can leave the
    /// lane only from a segment on that does.
    ///
    /// A lane that flows is not touched: half the time until the backlog must have passed.
    func mustStandAlone(after chain: SegmentChain, in lane: LaneRecord) throws -> Bool {
        guard lane.offered < lane.endSequence else { return false }
        let oldest = try Int64.fetchOne(
            db,
            sql: "SELECT sealed_at FROM segments WHERE lane = ? AND sequence = ?",
            arguments: [lane.lane.rawValue, Int64(lane.offered)]
        )
        guard let oldest, hasWaited(since: oldest, for: backlogAfter / 2) else { return false }
        if chain.samples > Self.samplesPerRun { return true }
        return try firstThatStandsAlone(lane) == nil
    }

    /// Bounds what one step of `withdraw` reads: a second's work.
    private static let samplesPerRun = 2_000_000

    /// A moment in the future means that the clock was set back, and the age can't be told.
    private func hasWaited(since moment: Int64, for age: Duration) -> Bool {
        let moment = Timestamp(milliseconds: moment)
        return moment > now || now - moment >= age
    }

    private func firstThatStandsAlone(_ lane: LaneRecord) throws -> Row? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT sequence, sealed_at
                FROM segments
                WHERE lane = ? AND sequence >= ? AND stands_alone
                ORDER BY sequence
                LIMIT 1
                """,
            arguments: [lane.lane.rawValue, Int64(lane.offered)]
        )
    }

    /// Moves the newest run of fresh segments into the pool, if unsent ones have waited too long.
    /// A run begins with a segment that stands alone and goes to the lane's end.
    ///
    /// From the end backwards: what remains of the lane has no gap, and each step is one short
    /// transaction. Called until it moves nothing.
    package func withdraw() throws -> Move {
        try takeOverMark()
        let lane = try LaneRecord.fetch(.metrics, db)
        guard let first = try firstThatStandsAlone(lane),
            hasWaited(since: first["sealed_at"], for: backlogAfter)
        else { return Move() }
        let start = try Int64.fetchOne(
            db,
            sql: "SELECT max(sequence) FROM segments WHERE lane = ? AND stands_alone",
            arguments: [lane.lane.rawValue]
        )
        guard let start else { return Move() }
        do {
            var move = Move()
            try db.inSavepoint {
                move = try withdraw(from: start, lane)
                return .commit
            }
            return move
        } catch is SegmentError {
            // It can't be read aboard, so it can't be sealed anew: it goes ashore as it is.
            try db.execute(
                sql: "UPDATE segments SET stands_alone = 0 WHERE lane = ? AND sequence = ?",
                arguments: [lane.lane.rawValue, start]
            )
            return Move(segments: 1)
        }
    }

    /// What a full disk kept out of the database counts as well: none but this asks what was offered.
    private func takeOverMark() throws {
        let marked = offeredMark.read(of: try ShipStore.epoch(db))
        if marked > 0 { try markOffered(before: marked) }
    }

    private func withdraw(from start: Int64, _ lane: LaneRecord) throws -> Move {
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT body FROM segments WHERE lane = ? AND sequence >= ? ORDER BY sequence",
            arguments: [lane.lane.rawValue, start]
        )
        var move = Move()
        var packer = BacklogPacker()
        var context: SegmentContext?
        while let row = try rows.next() {
            let body = Array(row["body"] as Data)
            let opened = try MetricsSegmentDecoder.decode(body[...], context: context)
            context = opened.context
            move.segments += 1
            move.samples += opened.segment.sampleCount
            for sealed in try packer.add(opened.segment.batches()) { try addToPool(sealed) }
        }
        for sealed in try packer.finish() { try addToPool(sealed) }
        try db.execute(
            sql: "DELETE FROM segments WHERE lane = ? AND sequence >= ?",
            arguments: [lane.lane.rawValue, start]
        )
        let before = try Data.fetchOne(
            db,
            sql: "SELECT chain FROM segments WHERE lane = ? AND sequence = ?",
            arguments: [lane.lane.rawValue, start - 1]
        )
        try db.execute(
            sql: "UPDATE lanes SET end_sequence = ?, end_chain = ? WHERE lane = ?",
            arguments: [start, before ?? Data(lane.committedChain.bytes), lane.lane.rawValue]
        )
        return move
    }

    // MARK: In the pool

    /// - Returns: its place in the pool.
    @discardableResult
    func addToPool(
        _ segment: SealedSegment,
        rung: Rung = .raw,
        samples: Int64? = nil,
        unit: Int64? = nil,
        isWanted: Bool = false
    ) throws -> Int64 {
        try db.execute(
            sql: """
                INSERT INTO pool
                    (rung, first_at, last_at, records, samples, wanted, unit, length, body)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                rung.rawValue, segment.first.milliseconds, segment.last.milliseconds,
                segment.recordCount, samples ?? Int64(segment.recordCount), isWanted, unit,
                segment.bytes.count, Data(segment.bytes),
            ]
        )
        return db.lastInsertedRowID
    }

    func body(ofPooled id: Int64) throws -> [UInt8] {
        let body = try Data.fetchOne(
            db,
            sql: "SELECT body FROM pool WHERE id = ?",
            arguments: [id]
        )
        guard let body else { throw StoreError(.damaged, "an item of the backlog is missing") }
        return Array(body)
    }

    func removeFromPool(_ ids: [Int64]) throws {
        let remove = try db.cachedStatement(sql: "DELETE FROM pool WHERE id = ?")
        for id in ids { try remove.execute(arguments: [id]) }
    }

    /// Seals neighbours in the pool anew as one long segment: one group of them, of an hour that is
    /// over. Called until it does nothing.
    package func compactPool() throws -> Move {
        guard let group = try nextGroup() else { return Move() }
        var packer = BacklogPacker()
        var sealed: [SealedSegment] = []
        var samples = 0
        for id in group {
            let segment = try MetricsSegmentDecoder.decode(body(ofPooled: id)[...])
            samples += segment.sampleCount
            sealed += try packer.add(segment.batches())
        }
        sealed += try packer.finish()
        guard sealed.count < group.count else { return Move() }
        try removeFromPool(group)
        for segment in sealed { try addToPool(segment) }
        return Move(segments: group.count, samples: samples)
    }

    /// Items that one segment can hold: of one hour, and together within its limits. The newest hour
    /// is left alone, since more may come.
    private func nextGroup() throws -> [Int64]? {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT id, first_at, samples, length
                FROM pool INDEXED BY pool_order
                WHERE rung = 0 AND wanted = 0
                ORDER BY first_at, last_at
                """
        )
        var group: [Int64] = []
        var hour: Int64?
        var samples = 0
        var length = 0
        while let row = try rows.next() {
            let itsHour = BacklogPacker.hour(of: Timestamp(milliseconds: row["first_at"]))
            let itsSamples: Int = row["samples"]
            let itsLength: Int = row["length"]
            if itsHour != hour || samples + itsSamples > BacklogPacker.samplesPerSegment
                || length + itsLength > BacklogPacker.bytesToJoin
            {
                if group.count > 1 { return group }
                group = []
                (hour, samples, length) = (itsHour, 0, 0)
            }
            group.append(row["id"])
            samples += itsSamples
            length += itsLength
        }
        return nil
    }
}
