import CorePostgres
import FleetModel

/// A role that somebody has over a fleet, now or later.
struct FleetRoles {
    let fleet: Int64
    let selector: FleetSelector
    let role: Role

    static func all(_ act: Act, _ connection: PostgresConnection) throws -> [FleetRoles] {
        try connection.execute(
            FleetQueries.roles,
            .int64(act.tenant.rawValue),
            .timestamp(act.now)
        ).compactMap { row in
            guard let role = Role(rawValue: try row.text("role")) else { return nil }
            return FleetRoles(
                fleet: try row.int64("fleet_id"),
                selector: try FleetSelector(json: try row.text("selector")),
                role: role
            )
        }
    }
}
