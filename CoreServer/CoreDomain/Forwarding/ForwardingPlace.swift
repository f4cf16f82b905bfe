import CorePostgres
import FleetModel

/// A block's place in the order in which blocks were committed, ships together.
struct ForwardingPlace: Sendable, Equatable {
    /// The transaction, as text: PostgreSQL's `xid8` is unsigned.
    var transaction = "0"
    var ship = Int64.min
    var block = BlockPlace()

    init() {}

    init(_ row: PostgresRow) throws {
        transaction = try row.text("stored_by")
        ship = try row.int64("ship_id")
        block = try BlockPlace(row)
    }

    var values: [PostgresValue] {
        [
            .text(transaction), .int64(ship), .timestamp(block.week), .int64(block.first),
            .int64(block.epoch), .int64(block.sequence), .int32(block.part),
        ]
    }
}
