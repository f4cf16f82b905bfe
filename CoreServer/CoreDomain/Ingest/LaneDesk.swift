import CorePostgres
import FleetIdentity
import FleetModel
import FleetProtocol

/// One ship's lanes within one transaction.
struct LaneDesk {
    let identity: ShipIdentity
    let epoch: LaneEpoch
    let connection: PostgresConnection

    var tenant: PostgresValue { .int64(identity.tenant.rawValue) }
    var ship: PostgresValue { .int64(identity.ship.rawValue) }
    var epochValue: PostgresValue { .int64(epoch.tableValue) }

    func checkNotRevoked(_ fingerprint: Fingerprint) throws {
        let row = try connection.execute(
            LaneQueries.revocation,
            tenant,
            ship,
            .bytes(fingerprint.bytes)
        ).first
        guard let row, try row.optionalTimestamp("ship_revoked_at") == nil,
            try row.optionalTimestamp("revoked_at") == nil
        else { throw IngestError.revoked }
    }

    func ensure(_ lane: Lane, at now: Timestamp) throws {
        _ = try connection.execute(
            LaneQueries.ensure,
            tenant,
            ship,
            epochValue,
            .int32(Int32(lane.rawValue)),
            .bytes(ChainDigest.start.bytes),
            .timestamp(now)
        )
    }

    /// Locks every lane of this epoch until the transaction ends: two sessions of one ship take
    /// turns, and neither stores what the other has.
    func lock() throws -> [Lane: LanePosition] {
        let rows = try connection.execute(LaneQueries.lock, tenant, ship, epochValue)
        var positions: [Lane: LanePosition] = [:]
        for row in rows {
            guard let lane = Lane(rawValue: UInt8(truncatingIfNeeded: try row.int32("lane"))),
                let chain = ChainDigest(bytes: try row.bytes("chain"))
            else { continue }
            positions[lane] = LanePosition(
                lane: lane,
                sequence: UInt64(try row.int64("next_sequence")),
                chain: chain
            )
        }
        return positions
    }

    /// The durable part of an unfinished segment.
    func staged(_ lane: Lane, sequence: UInt64) throws -> [UInt8] {
        let rows = try connection.execute(
            LaneQueries.staged,
            tenant,
            ship,
            epochValue,
            .int32(Int32(lane.rawValue)),
            .int64(Int64(sequence))
        )
        var bytes: [UInt8] = []
        for row in rows {
            // Two sessions may have staged overlapping parts; a hole ends what is usable.
            let start = Int(try row.int64("start_offset"))
            let body = try row.bytes("body")
            guard start <= bytes.count else { break }
            bytes.append(contentsOf: body.dropFirst(bytes.count - start))
        }
        return bytes
    }

    /// Another session may have staged a part from the same byte on: the longer one stays, since
    /// what is acknowledged as durable must be there.
    func stage(_ partial: ReceiveSession.Partial) throws {
        guard try !insert(partial) else { return }
        _ = try connection.execute(
            LaneQueries.unstageShorter,
            tenant,
            ship,
            epochValue,
            .int32(Int32(partial.lane.rawValue)),
            .int64(Int64(partial.sequence)),
            .int64(Int64(partial.offset)),
            .int32(Int32(partial.bytes.count))
        )
        _ = try insert(partial)
    }

    /// - Returns: whether the part was not there yet.
    private func insert(_ partial: ReceiveSession.Partial) throws -> Bool {
        try connection.execute(
            LaneQueries.stage,
            tenant,
            ship,
            epochValue,
            .int32(Int32(partial.lane.rawValue)),
            .int64(Int64(partial.sequence)),
            .int64(Int64(partial.offset)),
            .bytes(partial.bytes)
        ).first != nil
    }

    func move(_ lane: Lane, _ step: LaneStep, at now: Timestamp) throws {
        let laneValue = PostgresValue.int32(Int32(lane.rawValue))
        _ = try connection.execute(
            LaneQueries.move,
            tenant,
            ship,
            epochValue,
            laneValue,
            .int64(Int64(step.next)),
            .bytes(step.chain.bytes),
            .int64(step.records),
            .int64(step.bytes),
            .int64(step.quarantined),
            .timestamp(now),
            .int64(step.refused)
        )
        _ = try connection.execute(
            LaneQueries.unstage,
            tenant,
            ship,
            epochValue,
            laneValue,
            .int64(Int64(step.next))
        )
    }

    /// The ship's own bytes of the metrics segments since the last that stands alone.
    func tail() throws -> [[UInt8]] {
        try connection.execute(LaneQueries.tail, tenant, ship, epochValue).map {
            try $0.bytes("body")
        }
    }

    /// Begins a new tail.
    func cutTail() throws {
        _ = try connection.execute(LaneQueries.cutTail, tenant, ship, epochValue)
    }

    func addToTail(_ segment: ReceiveSession.Segment) throws {
        _ = try connection.execute(
            LaneQueries.addTail,
            tenant,
            ship,
            epochValue,
            .int64(Int64(segment.sequence)),
            .bytes(segment.bytes)
        )
    }

    func quarantine(
        _ segment: ReceiveSession.Segment,
        records: Int64,
        reason: String,
        at now: Timestamp
    ) throws {
        _ = try connection.execute(
            LaneQueries.quarantine,
            tenant,
            ship,
            epochValue,
            .int32(Int32(segment.lane.rawValue)),
            .int64(Int64(segment.sequence)),
            .timestamp(now),
            .int64(records),
            .text(reason),
            .bytes(segment.bytes)
        )
    }

    func noteContact(at now: Timestamp, agentVersion: String, clockOffset: Duration) throws {
        _ = try connection.execute(
            LaneQueries.contact,
            tenant,
            ship,
            .timestamp(now),
            .text(String(agentVersion.filter { $0 != "\0" })),
            .int64(clockOffset.milliseconds)
        )
    }

    func touch(at now: Timestamp) throws {
        _ = try connection.execute(LaneQueries.touch, tenant, ship, .timestamp(now))
    }

    /// A million records a second for 30 years: a ship that claims more must not make the sums over
    /// epochs and ships overflow.
    static let mostRecords: UInt64 = 1_000_000_000_000_000

    func tell(_ report: LedgerReport, at now: Timestamp) throws {
        for (lane, totals) in report.totals.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            _ = try connection.execute(
                LaneQueries.ledger,
                tenant,
                ship,
                epochValue,
                .int32(Int32(lane.rawValue)),
                .int64(Int64(min(totals.produced, Self.mostRecords))),
                .int64(Int64(min(totals.lost, Self.mostRecords))),
                .int64(Int64(min(totals.stored, Self.mostRecords))),
                .int64(Int64(min(totals.pending, Self.mostRecords))),
                .int64(Int64(min(totals.degraded, Self.mostRecords))),
                .timestamp(now)
            )
        }
    }

    func add(_ usage: LinkUsage, interval: Timestamp) throws {
        _ = try connection.execute(
            LaneQueries.usage,
            tenant,
            ship,
            .timestamp(interval),
            .int64(usage.connected.milliseconds),
            .int64(Int64(usage.bytesUp)),
            .int64(Int64(usage.bytesDown)),
            .int32(Int32(usage.sessions))
        )
    }
}
