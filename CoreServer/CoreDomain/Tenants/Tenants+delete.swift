import CorePostgres
import FleetModel

extension Tenants {
    /// Rows that one transaction erases.
    private static let batch: Int32 = 5000
    /// Ships that were connected may store something behind the first pass.
    private static let mostPasses = 10

    /// Deletes a tenant with all that is stored of it, its keys first: from then on nothing can be read
    /// that was sealed, whatever else becomes of it. May be called again where it was cut short.
    ///
    /// What remains is an entry in the installation's own audit.
    ///
    /// - Throws: `DomainError` `notFound`; `invalid` for the installation's own tenant.
    package func delete(
        _ tenant: TenantID,
        at now: Timestamp,
        for change: Change
    ) async throws {
        guard tenant != .system else {
            throw DomainError(.invalid, "the installation's own tenant can't be deleted")
        }
        let name = try await begin(tenant, at: now)
        for table in ["tenant_keys", "tenant_authorities"] {
            _ = try await erase(table, tenant)
        }
        authorities.forget(tenant)
        let tables = try await pool.transaction(tenant: nil, readOnly: true) { connection in
            try TenantTables.inOrder(connection)
        }
        var total: Int64 = 0
        for pass in 1... {
            var erased: Int64 = 0
            for table in tables where table != "tenants" {
                erased += try await erase(table, tenant)
            }
            total += erased
            if erased == 0 { break }
            guard pass < Self.mostPasses else {
                throw DomainError(.conflict, "the tenant is still being written to: try again")
            }
        }
        let rows = total
        try await pool.transaction(tenant: .system) { connection in
            _ = try connection.execute(
                TenantEndQueries.erase,
                .text("tenants"),
                .int64(tenant.rawValue),
                .int32(Self.batch)
            )
            try connection.execute(
                TenantEndQueries.discardArtifacts,
                .int64(tenant.rawValue),
                .timestamp(now)
            )
            try AuditTrail(tenant: .system, change: change, now: now, connection: connection)
                .note("tenant.delete", "tenant/\(name)", before: "{\"rows\":\(rows)}")
        }
    }

    /// From now on it is in no directory, and its ships are turned away.
    private func begin(_ tenant: TenantID, at now: Timestamp) async throws -> String {
        try await pool.transaction(tenant: tenant) { connection in
            let row = try connection.execute(
                TenantEndQueries.begin,
                .int64(tenant.rawValue),
                .timestamp(now)
            ).first
            guard let row else { throw DomainError(.notFound, "the tenant does not exist") }
            let ships = try connection.execute(
                TenantEndQueries.revokeShips,
                .int64(tenant.rawValue),
                .timestamp(now)
            )
            for ship in ships {
                let identity = ShipIdentity(tenant: tenant, ship: ShipID(try ship.int64("ship_id")))
                _ = try connection.execute(
                    TenantEndQueries.announce,
                    .text(Ships.revocationChannel),
                    .text(identity.uri)
                )
            }
            return try row.text("name")
        }
    }

    private func erase(_ table: String, _ tenant: TenantID) async throws -> Int64 {
        var total: Int64 = 0
        while true {
            let erased = try await pool.transaction(tenant: tenant) { connection in
                try connection.execute(
                    TenantEndQueries.erase,
                    .text(table),
                    .int64(tenant.rawValue),
                    .int32(Self.batch)
                ).first?.int64("erased") ?? 0
            }
            guard erased > 0 else { return total }
            total += erased
            try Task.checkCancellation()
        }
    }
}
