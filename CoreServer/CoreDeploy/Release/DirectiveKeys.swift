import CoreDomain
import CorePostgres
import FleetIdentity
import FleetModel

/// What people see of the keys for orders, and what of their changes is in each tenant's audit.
package struct DirectiveKeys: Sendable {
    private let pool: PostgresPool

    package init(pool: PostgresPool) { self.pool = pool }

    /// How many ships of a tenant are known to obey each key.
    package func obeying(_ tenant: TenantID) async throws -> [[UInt8]: Int64] {
        let rows = try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try connection.execute(DirectiveKeyQueries.obeying, .int64(tenant.rawValue)).map {
                (try $0.bytes("key_id"), try $0.int64("ships"))
            }
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// - Parameter verb: `rotate` or `distrust`.
    package func note(
        _ verb: String,
        _ id: [UInt8],
        of tenant: TenantID,
        at now: Timestamp,
        for change: Change
    ) async throws {
        try await pool.transaction(tenant: tenant) { connection in
            let noted = AuditTrail.Noted(
                change: change,
                now: now,
                action: "directive_key.\(verb)",
                target: "directive_key/\(Hexadecimal.text(id))"
            )
            try AuditTrail.note([noted], of: tenant, connection)
        }
    }
}
