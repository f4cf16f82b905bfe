import FleetModel
import GRDB

/// What waits aboard without a place in a lane yet.
package struct PoolItem: Sendable, Equatable {
    package let id: Int64
    package let rung: Rung
    package let first: Timestamp
    package let last: Timestamp
    /// Samples, or rows of a rollup.
    package let records: UInt64
    /// Raw samples that it stands for.
    package let samples: UInt64
    /// In bytes.
    package let length: Int
    /// The shore asked for it.
    package let isWanted: Bool
    /// What was thinned together has one number.
    package let unit: Int64?

    init(_ row: Row) {
        id = row["id"]
        rung = Rung(rawValue: row["rung"]) ?? .counts
        first = Timestamp(milliseconds: row["first_at"])
        last = Timestamp(milliseconds: row["last_at"])
        records = UInt64(row["records"] as Int64)
        samples = UInt64(row["samples"] as Int64)
        length = row["length"]
        isWanted = row["wanted"]
        unit = row["unit"]
    }

    static let columns = "id, rung, first_at, last_at, records, samples, length, wanted, unit"
}
