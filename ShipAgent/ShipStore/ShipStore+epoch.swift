import FleetIdentity
import FleetModel
import FleetProtocol
import FleetSeries
import FoundationEssentials
import GRDB

/// A new beginning where ship and shore do not mean the same bytes by a position any more.
extension ShipStore {
    /// Begins a new epoch: everything that the shore does not have goes into lanes that count from
    /// zero, and the account of the epoch before is closed.
    ///
    /// - Parameter truth: where the shore stands in this epoch, as far as it said so. Without that
    ///   everything counts as stored that was ever acknowledged.
    /// - Returns: records that the shore lacks and that are not aboard any more, or can't be read
    ///   without those that are not.
    package func beginEpoch(truth: [LanePosition]) async throws -> [Lane: UInt64] {
        let old = epoch
        let drawn = LaneEpoch(UInt64.random(in: .min ... .max))
        let places = Dictionary(truth.map { ($0.lane, $0) }) { first, _ in first }
        let lost = try await tidy { writer in
            try writer.beginEpoch(drawn, after: old, truth: places)
        }
        setEpoch(drawn)
        return lost
    }

    /// The epoch before this one, for the shore to close its account.
    package func closedEpoch() async throws -> ClosedEpoch? {
        try await database.read(EpochAccounts.closed)
    }
}

extension StoreWriter {
    func beginEpoch(
        _ epoch: LaneEpoch,
        after old: LaneEpoch,
        truth: [Lane: LanePosition]
    ) throws -> [Lane: UInt64] {
        var lost: [Lane: UInt64] = [:]
        for lane in Lane.allCases where lane != .catalogue {
            try settle(lane, truth[lane])
        }
        try EpochAccounts.close(old, try ShipStore.ledgerTotals(db), db)
        lost[.metrics] = try poolFreshSegments()
        lost[.backlog] = try poolBacklogSegments()
        for lane in [Lane.events, .summary, .logs] { try renumber(lane) }
        try restartDays()
        try db.execute(sql: "DELETE FROM kept")
        try db.execute(
            sql: "DELETE FROM segments WHERE lane = ?",
            arguments: [Lane.catalogue.rawValue]
        )
        try reset(.catalogue)
        try db.execute(
            sql: "UPDATE lanes SET produced = 0, stored = 0, lost = 0 WHERE lane = ?",
            arguments: [Lane.catalogue.rawValue]
        )
        try db.execute(
            sql: "UPDATE facts SET value = ? WHERE key = 'epoch'",
            arguments: [Int64(bitPattern: epoch.rawValue)]
        )
        draft.chain = nil
        try sealCatalogue()
        return lost.filter { $0.value > 0 }
    }

    /// Brings the outbox to where the shore stands: what it has goes, what it lost comes back.
    private func settle(_ lane: Lane, _ place: LanePosition?) throws {
        let record = try LaneRecord.fetch(lane, db)
        guard let place else { return }
        if place.sequence < record.committedSequence {
            let first = try KeptSegments.first(record, db)
            let holds = try KeptSegments.holds(place, of: record, db)
            // Behind what is kept: all that is kept goes again.
            guard holds || place.sequence < first else { return }
            let records = try KeptSegments.putBack(lane, from: max(first, place.sequence), db)
            try addStored(-records, to: lane)
        } else if place.sequence <= record.endSequence, try chain(at: place, record) == place.chain
        {
            let records = try Int64.fetchOne(
                db,
                sql:
                    "SELECT coalesce(sum(records), 0) FROM segments WHERE lane = ? AND sequence < ?",
                arguments: [lane.rawValue, Int64(place.sequence)]
            )
            try db.execute(
                sql: "DELETE FROM segments WHERE lane = ? AND sequence < ?",
                arguments: [lane.rawValue, Int64(place.sequence)]
            )
            try addStored(records ?? 0, to: lane)
        }
    }

    private func addStored(_ records: Int64, to lane: Lane) throws {
        try db.execute(
            sql: "UPDATE lanes SET stored = stored + ? WHERE lane = ?",
            arguments: [records, lane.rawValue]
        )
    }

    private func chain(at place: LanePosition, _ record: LaneRecord) throws -> ChainDigest? {
        guard place.sequence > record.committedSequence else { return record.committedChain }
        return try Data.fetchOne(
            db,
            sql: "SELECT chain FROM segments WHERE lane = ? AND sequence = ?",
            arguments: [place.lane.rawValue, Int64(place.sequence) - 1]
        ).flatMap { ChainDigest(bytes: Array($0)) }
    }

    /// Segments of fresh samples are read with the one before, which the new lane will not have: they
    /// join the backlog, where each stands alone.
    ///
    /// - Returns: samples that can't be read, since what they are predicted from is gone.
    private func poolFreshSegments() throws -> UInt64 {
        // What they are predicted from may have been acknowledged, and be kept.
        let first = try Int64.fetchOne(
            db,
            sql: "SELECT min(sequence) FROM segments WHERE lane = ?",
            arguments: [Lane.metrics.rawValue]
        )
        guard let first else {
            try reset(.metrics)
            return 0
        }
        var context: SegmentContext?
        let before = try Data.fetchAll(
            db,
            sql: """
                SELECT body
                FROM kept
                WHERE lane = ?1 AND sequence < ?2 AND sequence >= (
                    SELECT max(sequence) FROM kept WHERE lane = ?1 AND sequence < ?2 AND stands_alone
                )
                ORDER BY sequence
                """,
            arguments: [Lane.metrics.rawValue, first]
        )
        for body in before {
            context =
                (try? MetricsSegmentDecoder.decode(Array(body)[...], context: context))?.context
        }
        var lost: [Int32: Int64] = [:]
        var packer = BacklogPacker()
        let rows = try Int64.fetchAll(
            db,
            sql: "SELECT sequence FROM segments WHERE lane = ? ORDER BY sequence",
            arguments: [Lane.metrics.rawValue]
        )
        for sequence in rows {
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT records, first_at, last_at, body
                    FROM segments
                    WHERE lane = ? AND sequence = ?
                    """,
                arguments: [Lane.metrics.rawValue, sequence]
            )
            guard let row else { continue }
            let body = Array(row["body"] as Data)
            if let opened = try? MetricsSegmentDecoder.decode(body[...], context: context) {
                context = opened.context
                for sealed in try packer.add(opened.segment.batches()) { try addToPool(sealed) }
            } else {
                context = nil
                let day = DayAccount.day(of: Timestamp(milliseconds: row["first_at"]))
                lost[day, default: 0] += row["records"] as Int64
                try declareLost(row, lane: .metrics)
            }
        }
        for sealed in try packer.finish() { try addToPool(sealed) }
        try db.execute(
            sql: "DELETE FROM segments WHERE lane = ?",
            arguments: [Lane.metrics.rawValue]
        )
        try reset(.metrics)
        try addLost(lost, to: .metrics)
        return lost.values.reduce(0) { $0 + UInt64(clamping: $1) }
    }

    private func declareLost(_ row: Row, lane: Lane) throws {
        try declare(
            Declaration(
                lane: lane,
                from: Timestamp(milliseconds: row["first_at"]),
                to: Timestamp(milliseconds: (row["last_at"] as Int64) + 1),
                rung: nil,
                samples: UInt64(clamping: row["records"] as Int64),
                reason: .restored,
                at: now
            )
        )
    }

    /// They stand alone: they get a new place when they are sent.
    private func poolBacklogSegments() throws -> UInt64 {
        try db.execute(
            sql: """
                INSERT INTO pool (rung, first_at, last_at, records, samples, length, body)
                SELECT 0, first_at, last_at, records, records, length, body
                FROM segments
                WHERE lane = ?
                ORDER BY sequence
                """,
            arguments: [Lane.backlog.rawValue]
        )
        try db.execute(
            sql: "DELETE FROM segments WHERE lane = ?",
            arguments: [Lane.backlog.rawValue]
        )
        try reset(.backlog)
        return 0
    }

    private func renumber(_ lane: Lane) throws {
        var chain = ChainDigest.start
        var next: Int64 = 0
        let sequences = try Int64.fetchAll(
            db,
            sql: "SELECT sequence FROM segments WHERE lane = ? ORDER BY sequence",
            arguments: [lane.rawValue]
        )
        for sequence in sequences {
            let body = try Data.fetchOne(
                db,
                sql: "SELECT body FROM segments WHERE lane = ? AND sequence = ?",
                arguments: [lane.rawValue, sequence]
            )
            guard let body else { continue }
            chain = chain.advanced(by: body)
            try db.execute(
                sql: "UPDATE segments SET sequence = ?, chain = ? WHERE lane = ? AND sequence = ?",
                arguments: [next, Data(chain.bytes), lane.rawValue, sequence]
            )
            next += 1
        }
        try reset(lane, end: next, chain: chain)
    }

    private func reset(_ lane: Lane, end: Int64 = 0, chain: ChainDigest = .start) throws {
        try db.execute(
            sql: """
                UPDATE lanes
                SET end_sequence = ?, end_chain = ?, committed_sequence = 0, committed_chain = ?,
                    durable_offset = 0, offered = 0
                WHERE lane = ?
                """,
            arguments: [end, Data(chain.bytes), Data(ChainDigest.start.bytes), lane.rawValue]
        )
    }
}
