import CorePostgres

/// A role that a user has over the tenant, a fleet or a ship, for good or for a time.
package struct RoleBinding: Thing {
    package static let noun = "binding"

    package let id: Int64
    package let user: String
    package let role: String
    package let fleet: String?
    package let ship: String?
    package let validFrom: String
    package let validUntil: String?
    package let grantedBy: String
    package let reason: String
    package let createdAt: String
    package let version: Int64

    package var reference: String { "\(id)" }

    init(_ row: PostgresRow) throws {
        id = try row.int64("binding_id")
        user = try row.text("user_name")
        role = try row.text("role")
        fleet = try row.optionalText("fleet_name")
        ship = try row.optionalText("ship_name")
        validFrom = "\(try row.timestamp("valid_from"))"
        validUntil = try row.optionalTimestamp("valid_until").map { "\($0)" }
        grantedBy = try row.text("granted_by")
        reason = try row.text("reason")
        createdAt = "\(try row.timestamp("created_at"))"
        version = try row.int64("version")
    }
}
