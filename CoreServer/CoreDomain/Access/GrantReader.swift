import CorePostgres
import FleetModel

/// Reads what somebody may do now, within the transaction that asks.
enum GrantReader {
    static func grants(
        of user: Int64,
        in tenant: TenantID,
        at now: Timestamp,
        orLater: Bool = false,
        _ connection: PostgresConnection
    ) throws -> [Grant] {
        try connection.execute(
            AccessQueries.grants,
            .int64(tenant.rawValue),
            .int64(user),
            .timestamp(now),
            .bool(orLater)
        ).compactMap { row in
            // A word of a later version grants nothing.
            guard let role = Role(rawValue: try row.text("role")) else { return nil }
            let until = try row.optionalTimestamp("valid_until")
            if let ship = try row.optionalInt64("ship_id") {
                return Grant(role: role, scope: .ship(ShipID(ship)), until: until)
            }
            guard let selector = try row.optionalText("selector") else {
                return Grant(role: role, scope: .tenant, until: until)
            }
            return Grant(
                role: role,
                scope: .fleet(try FleetSelector(json: selector)),
                until: until
            )
        }
    }
}
