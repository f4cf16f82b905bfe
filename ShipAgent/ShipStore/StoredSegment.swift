import FleetModel
import FoundationEssentials
import GRDB

/// A sealed segment in the outbox.
package struct StoredSegment: Sendable {
    package let lane: Lane
    package let sequence: UInt64
    package let recordCount: UInt64
    package let bytes: [UInt8]

    static func fetch(
        _ lane: Lane,
        _ sequence: UInt64,
        _ db: Database
    ) throws -> StoredSegment? {
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
