import CoreDomain
import CorePostgres
import FleetModel

/// What is to run aboard which ships: planned, approved, started and stopped by people.
package struct Deployments: Sendable {
    let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// The newest first.
    package func page(
        of tenant: TenantID,
        state: DeploymentState?,
        before: Int64?,
        limit: Int
    ) async throws -> Page<Deployment> {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            let found = try connection.execute(
                DeploymentQueries.page,
                .int64(tenant.rawValue),
                .int64(before ?? .max),
                .text(state?.rawValue ?? ""),
                .int64(Int64(limit) + 1)
            ).map(Deployment.init)
            return Page(found, limit: limit) { "\($0.id)" }
        }
    }

    /// - Throws: `DomainError` `notFound`.
    package func find(_ id: Int64, of tenant: TenantID) async throws -> Deployment {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try Self.find(id, of: tenant, connection)
        }
    }

    static func find(
        _ id: Int64,
        of tenant: TenantID,
        isLocked: Bool = false,
        _ connection: PostgresConnection
    ) throws -> Deployment {
        let row = try connection.execute(
            isLocked ? DeploymentQueries.lock : DeploymentQueries.byID,
            .int64(tenant.rawValue),
            .int64(id)
        ).first
        guard let row else { throw DomainError(.notFound, "there is no deployment \(id)") }
        return try Deployment(row)
    }

    /// - Parameters:
    ///   - before: what it takes the place of; `nil` where it is new.
    ///   - values: of a plan, in the order of the statements' columns.
    static func store(
        _ values: [PostgresValue],
        named name: String,
        over before: Deployment?,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> Deployment {
        let row: PostgresRow?
        if let before {
            row =
                try connection.execute(
                    DeploymentQueries.replan,
                    values: [.int64(tenant.rawValue), .int64(before.id)] + values
                        + [.int64(before.version)]
                ).first
        } else {
            row =
                try connection.execute(
                    DeploymentQueries.insert,
                    values: [.int64(tenant.rawValue), .text(name)] + values
                ).first
        }
        guard let row else { throw DomainError(.conflict, "it was changed meanwhile; look again") }
        return try Deployment(row)
    }

    package func waves(_ id: Int64, of tenant: TenantID) async throws -> [DeploymentWave] {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            _ = try Self.find(id, of: tenant, connection)
            return try Self.waves(id, of: tenant, connection)
        }
    }

    static func waves(
        _ id: Int64,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> [DeploymentWave] {
        try connection.execute(
            DeploymentQueries.waves,
            .int64(tenant.rawValue),
            .int64(id)
        ).map(DeploymentWave.init)
    }

    /// By their names.
    ///
    /// - Parameters:
    ///   - wave: 0 for all.
    ///   - state: empty for all.
    package func ships(
        _ id: Int64,
        of tenant: TenantID,
        wave: Int32,
        state: String,
        after cursor: String?,
        limit: Int
    ) async throws -> Page<DeploymentShip> {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            _ = try Self.find(id, of: tenant, connection)
            let found = try connection.execute(
                DeploymentQueries.ships,
                values: [
                    .int64(tenant.rawValue), .int64(id), .text(cursor ?? ""), .int32(wave),
                    .text(state), .int64(Int64(limit) + 1),
                ]
            ).map(DeploymentShip.init)
            return Page(found, limit: limit) { $0.ship }
        }
    }

    /// The oldest first; `next` is also where to go on later.
    package func events(
        _ id: Int64,
        of tenant: TenantID,
        after: Int64,
        limit: Int
    ) async throws -> Page<DeploymentEvent> {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            _ = try Self.find(id, of: tenant, connection)
            let found = try connection.execute(
                DeploymentQueries.events,
                .int64(tenant.rawValue),
                .int64(id),
                .int64(after),
                .int64(Int64(limit) + 1)
            ).map(DeploymentEvent.init)
            return Page(found, limit: limit) { "\($0.id)" }
        }
    }
}
