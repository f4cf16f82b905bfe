import FleetModel
import FoundationEssentials
import GRDB

/// What waits aboard without a place in a lane.
extension ShipStore {
    /// The oldest items first.
    package func pool(limit: Int = 100_000) async throws -> [PoolItem] {
        try await database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(PoolItem.columns)
                    FROM pool INDEXED BY pool_order
                    WHERE rung >= 0
                    ORDER BY first_at, last_at, id
                    LIMIT ?
                    """,
                arguments: [limit]
            ).map(PoolItem.init)
        }
    }

    /// The bytes of one item; `nil` once it has got its place in a lane, or was thinned.
    package func pooled(_ id: Int64) async throws -> [UInt8]? {
        try await database.read { db in
            try Data.fetchOne(db, sql: "SELECT body FROM pool WHERE id = ?", arguments: [id])
                .map { Array($0) }
        }
    }
}
