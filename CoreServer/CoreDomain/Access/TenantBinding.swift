import CorePostgres
import FleetModel

/// A role over the whole tenant, given where somebody is entered.
enum TenantBinding {
    static func insert(
        _ role: Role,
        of user: Int64,
        named name: String,
        _ trail: AuditTrail
    ) throws {
        _ = try trail.connection.execute(
            AccessQueries.insertBinding,
            .int64(trail.tenant.rawValue),
            .int64(user),
            .text(role.rawValue),
            .timestamp(trail.now),
            .text(trail.change.actor)
        )
        _ = try trail.connection.execute(
            AccessQueries.touchRevision,
            .int64(trail.tenant.rawValue)
        )
        try trail.note("binding.create", "user/\(name)", after: "{\"role\":\"\(role.rawValue)\"}")
    }
}
