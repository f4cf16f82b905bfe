import CorePostgres
import FleetModel

/// A block's place in the order of its table's key, within a ship; at first before all.
struct BlockPlace: Sendable, Equatable {
    var week = TableTime.clamped(.min)
    var first = Int64.min
    var epoch = Int64.min
    var sequence = Int64.min
    var part = Int32.min

    init() {}

    init(_ row: PostgresRow) throws {
        week = try row.timestamp("week_at")
        first = try row.int64("first_at")
        epoch = try row.int64("epoch")
        sequence = try row.int64("sequence")
        part = try row.int32("part")
    }
}
