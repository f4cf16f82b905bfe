import CorePostgres
import FleetIdentity
import FleetModel

/// Who is on this shore.
package struct Tenants: Sendable {
    let pool: PostgresPool
    let authorities: TenantAuthorities

    package init(pool: PostgresPool, authorities: TenantAuthorities) {
        self.pool = pool
        self.authorities = authorities
    }

    /// Makes a tenant and the authority that will issue its ships' certificates.
    ///
    /// - Throws: `DomainError` `invalid` or `conflict`.
    package func create(
        name: String,
        displayName: String? = nil,
        at now: Timestamp,
        for change: Change
    ) async throws -> Tenant {
        try Slug.check(name, what: "tenant")
        if let displayName { try ThingText.check(displayName, "display_name", in: 1...200) }
        let number = try await pool.transaction(tenant: nil) { connection in
            try connection.execute(TenantQueries.nextNumber).first?.int64("tenant_id") ?? 0
        }
        let id = TenantID(number)
        let made = try authorities.make(name: name, at: now)
        do {
            try await pool.transaction(tenant: id) { [authorities] connection in
                _ = try connection.execute(
                    TenantQueries.insert,
                    .int64(id.rawValue),
                    .text(name),
                    .timestamp(now),
                    .optional(displayName, PostgresValue.text)
                )
                try authorities.store(made, for: id, at: now, connection)
                try AuditTrail(tenant: id, change: change, now: now, connection: connection)
                    .created(try Self.record(of: id, connection))
            }
        } catch let error as PostgresError
            where error.isUniqueViolation(constraint: "tenants_name_key")
        {
            throw DomainError(.conflict, "a tenant named \(name) exists already")
        }
        return Tenant(id: id, name: name)
    }

    /// - Throws: `DomainError` `notFound`.
    package func find(name: String) async throws -> Tenant {
        let number = try await pool.transaction(tenant: nil) { connection in
            try connection.execute(TenantQueries.byName, .text(name)).first?
                .optionalInt64("tenant_id")
        }
        guard let number else {
            throw DomainError(.notFound, "there is no tenant named \(name)")
        }
        return Tenant(id: TenantID(number), name: name)
    }

    /// All that is stored of a tenant, part by part.
    package func export(
        _ tenant: TenantID,
        name: String,
        at now: Timestamp
    ) -> TenantExport {
        TenantExport(pool: pool, tenant: tenant, name: name, at: now)
    }

    /// The name of the caller's own tenant.
    package func name(of id: TenantID) async throws -> String {
        let rows = try await pool.transaction(tenant: id, readOnly: true) { connection in
            try connection.execute(TenantQueries.name, .int64(id.rawValue)).map {
                try $0.text("name")
            }
        }
        guard let name = rows.first else { throw DomainError(.notFound, "the tenant is gone") }
        return name
    }

    /// Every tenant's number, for work that goes tenant by tenant.
    package func directory() async throws -> [TenantID] {
        try await pool.transaction(tenant: nil, readOnly: true) { connection in
            try connection.execute(TenantQueries.directory).map {
                TenantID(try $0.int64("tenant_id"))
            }
        }
    }
}
