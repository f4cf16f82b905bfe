import CorePostgres
import FleetModel

/// All that the register says of a ship.
package struct ShipRecord: Thing {
    private enum CodingKeys: String, CodingKey {
        case id, name, shipClass = "class", owner, labels, bearers, lastContactAt, revokedAt
        case createdAt, updatedAt, version
    }

    package static let noun = "ship"

    package let id: Int64
    package let name: String
    package let shipClass: String
    package let owner: String
    package let labels: [String: String]
    package let bearers: [Bearer]
    /// When the shore last heard of it.
    package let lastContactAt: String?
    package let revokedAt: String?
    package let createdAt: String
    package let updatedAt: String?
    package let version: Int64
    /// For deciding who sees it.
    package let ship: Ship

    package var reference: String { name }

    init(_ row: PostgresRow, tenant: TenantID) throws {
        ship = try Ships.ship(row, tenant: tenant)
        id = ship.identity.ship.rawValue
        name = ship.name
        shipClass = try row.text("class")
        owner = try row.text("owner")
        labels = ship.labels.values
        bearers = try ShipDetails.bearers(json: try row.text("bearers"))
        lastContactAt = try row.optionalTimestamp("last_contact_at").map { "\($0)" }
        revokedAt = try row.optionalTimestamp("revoked_at").map { "\($0)" }
        createdAt = "\(try row.timestamp("created_at"))"
        updatedAt = try row.optionalTimestamp("updated_at").map { "\($0)" }
        version = try row.int64("version")
    }

    var details: ShipDetails {
        ShipDetails(labels: ship.labels, shipClass: shipClass, owner: owner, bearers: bearers)
    }
}
