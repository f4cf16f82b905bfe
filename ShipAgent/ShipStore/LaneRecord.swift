import FleetModel
import FleetProtocol
import FoundationEssentials
import GRDB

/// One lane's row: where it ends, what the shore has, and the ledger's counters.
struct LaneRecord {
    let lane: Lane
    var endSequence: UInt64
    var endChain: ChainDigest
    var committedSequence: UInt64
    var committedChain: ChainDigest
    var durableOffset: UInt64
    /// Segments before this one may have been handed to a session, and never change again.
    var offered: UInt64
    var produced: UInt64
    var stored: UInt64
    var degraded: UInt64
    var lost: UInt64

    init?(_ row: Row) {
        guard let lane = Lane(rawValue: row["lane"]),
            let endChain = ChainDigest(bytes: Array(row["end_chain"] as Data)),
            let committedChain = ChainDigest(bytes: Array(row["committed_chain"] as Data))
        else { return nil }
        self.lane = lane
        self.endSequence = UInt64(row["end_sequence"] as Int64)
        self.endChain = endChain
        self.committedSequence = UInt64(row["committed_sequence"] as Int64)
        self.committedChain = committedChain
        self.durableOffset = UInt64(row["durable_offset"] as Int64)
        self.offered = UInt64(row["offered"] as Int64)
        self.produced = UInt64(row["produced"] as Int64)
        self.stored = UInt64(row["stored"] as Int64)
        self.degraded = UInt64(row["degraded"] as Int64)
        self.lost = UInt64(row["lost"] as Int64)
    }

    static func fetch(_ lane: Lane, _ db: Database) throws -> LaneRecord {
        let row = try Row.fetchOne(
            db,
            sql: "SELECT * FROM lanes WHERE lane = ?",
            arguments: [lane.rawValue]
        )
        guard let record = row.flatMap(LaneRecord.init) else {
            throw StoreError(.damaged, "the store has no row for the lane \(lane)")
        }
        return record
    }
}
