import CorePostgres
import FleetModel
import FoundationEssentials

/// Reads what somebody may do now, within the transaction that asks.
enum GrantReader {
    static func grants(
        of user: Int64,
        in tenant: TenantID,
        at now: Timestamp,
        _ connection: PostgresConnection
    ) throws -> [Grant] {
        try connection.execute(
            AccessQueries.grants,
            .int64(tenant.rawValue),
            .int64(user),
            .timestamp(now)
        ).compactMap { row in
            // A word of a later version grants nothing.
            guard let role = Role(rawValue: try row.text("role")) else { return nil }
            if let ship = try row.optionalInt64("ship_id") {
                return Grant(role: role, scope: .ship(ShipID(ship)))
            }
            guard let selector = try row.optionalText("selector") else {
                return Grant(role: role, scope: .tenant)
            }
            let values = try JSONDecoder().decode(
                [String: [String]].self,
                from: Data(selector.utf8)
            )
            return Grant(role: role, scope: .fleet(try FleetSelector(values)))
        }
    }
}
