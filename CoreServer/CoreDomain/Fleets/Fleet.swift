import CorePostgres

/// Ships that have something in common, by their labels.
package struct Fleet: Thing {
    package static let noun = "fleet"

    package let id: Int64
    package let name: String
    package let description: String
    package let selector: [String: [String]]
    package let createdAt: String
    package let updatedAt: String
    package let version: Int64

    package var reference: String { name }

    init(_ row: PostgresRow) throws {
        id = try row.int64("fleet_id")
        name = try row.text("name")
        description = try row.text("description")
        let stored = try FleetSelector(json: try row.text("selector"))
        selector = stored.values.mapValues { $0.sorted() }
        createdAt = "\(try row.timestamp("created_at"))"
        updatedAt = "\(try row.timestamp("updated_at"))"
        version = try row.int64("version")
    }
}
