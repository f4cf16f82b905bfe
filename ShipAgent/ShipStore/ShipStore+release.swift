import FleetModel
import FleetProtocol
import FoundationEssentials
import GRDB

/// What the store does when the shore says what it has.
extension ShipStore {
    /// Forgets what the shore has for good, in the end: some of it is kept in case the shore loses
    /// it. Where it has, as a restored one, what it lacks goes into the outbox again. Works on a
    /// full disk too, by giving up the reserve.
    ///
    /// - Returns: records that the shore had acknowledged and lacks now.
    /// - Throws: `StoreError` `full` when even that has been used up; the caller asks again.
    ///   `ProtocolError` where ship and shore mean different bytes.
    @discardableResult
    package func release(_ releases: [UploadSession.Release]) async throws -> [Lane: UInt64] {
        try await free {
            let limit = reserve.isHeld ? min(keptBytes, reserve.freeBytes / 4) : nil
            return try await database.write { db in
                var lacking: [Lane: UInt64] = [:]
                for release in releases {
                    let records = try Self.release(release, keeping: limit, db)
                    if records > 0 { lacking[release.lane] = records }
                }
                return lacking
            }
        }
    }

    private static func goBack(
        _ release: UploadSession.Release,
        _ record: LaneRecord,
        _ db: Database
    ) throws -> UInt64 {
        // Only a state is the truth; an acknowledgement may be late.
        guard let chain = release.chain else { return 0 }
        let place = LanePosition(lane: release.lane, sequence: release.sequence, chain: chain)
        guard try KeptSegments.holds(place, of: record, db) else {
            throw ProtocolError(
                .positionDisagreement,
                "the shore asks for segment \(release.sequence) of \(release.lane), which it had "
                    + "acknowledged and which is not aboard as it means it"
            )
        }
        let records = try KeptSegments.putBack(release.lane, from: release.sequence, db)
        try db.execute(
            sql: """
                UPDATE lanes
                SET committed_sequence = ?, committed_chain = ?, durable_offset = ?,
                    stored = stored - ?
                WHERE lane = ?
                """,
            arguments: [
                Int64(release.sequence), Data(chain.bytes), Int64(release.durableOffset), records,
                release.lane.rawValue,
            ]
        )
        return UInt64(records)
    }

    private static func release(
        _ release: UploadSession.Release,
        keeping limit: Int?,
        _ db: Database
    ) throws -> UInt64 {
        let record = try LaneRecord.fetch(release.lane, db)
        guard release.sequence >= record.committedSequence else {
            return try goBack(release, record, db)
        }
        guard release.sequence <= record.endSequence else {
            throw StoreError(.damaged, "the shore acknowledged a segment that was never made")
        }
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
        if let told = release.chain, told != chain {
            // This store went back in time, or two ships share one identity: what the shore has is
            // not what is here, so nothing may be forgotten for it.
            throw ProtocolError(
                .positionDisagreement,
                "ship and shore have different bytes before segment \(release.sequence) of "
                    + "\(release.lane)"
            )
        }
        let records =
            try Int64.fetchOne(
                db,
                sql:
                    "SELECT coalesce(sum(records), 0) FROM segments WHERE lane = ? AND sequence < ?",
                arguments: [release.lane.rawValue, Int64(release.sequence)]
            ) ?? 0
        if release.sequence > record.committedSequence {
            try KeptSegments.keep(release.lane, before: release.sequence, atMost: limit, db)
        }
        try db.execute(
            sql: "DELETE FROM segments WHERE lane = ? AND sequence < ?",
            arguments: [release.lane.rawValue, Int64(release.sequence)]
        )
        try db.execute(
            sql: """
                UPDATE lanes
                SET committed_sequence = ?1, committed_chain = ?2, durable_offset = ?3,
                    stored = stored + ?4, offered = max(offered, ?1 + (?3 > 0))
                WHERE lane = ?5
                """,
            arguments: [
                Int64(release.sequence), Data(chain.bytes), Int64(release.durableOffset), records,
                release.lane.rawValue,
            ]
        )
        return 0
    }
}
