import CoreDomain
import CorePostgres
import FleetModel

/// What there is in a tenant's registry, to look through: models and bundles, their versions, aliases.
package struct ModelCatalogue: Sendable {
    private let pool: PostgresPool

    package init(pool: PostgresPool) { self.pool = pool }

    /// By name.
    ///
    /// - Parameters:
    ///   - prefix: what their names begin with.
    ///   - alias: that they have; empty for any.
    package func models(
        of tenant: TenantID,
        prefix: String,
        kind: ModelSummary.Kind?,
        alias: String,
        after cursor: String?,
        limit: Int
    ) async throws -> Page<ModelSummary> {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            let rows = try connection.execute(
                ModelCatalogueQueries.models,
                .int64(tenant.rawValue),
                .text(cursor ?? ""),
                .text(prefix),
                .text(kind?.rawValue ?? ""),
                .text(alias),
                .int64(Int64(limit) + 1)
            )
            let found = try Self.summaries(rows, tenant, connection)
            return Page(found, limit: limit) { $0.name }
        }
    }

    /// - Throws: `RegistryError` `missing`.
    package func model(_ name: String, of tenant: TenantID) async throws -> ModelSummary {
        try RegistryText.checkStorable(name, "model")
        return try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            let rows = try connection.execute(
                ModelCatalogueQueries.model,
                .int64(tenant.rawValue),
                .text(name)
            )
            guard let model = try Self.summaries(rows, tenant, connection).first else {
                throw RegisteredModel.none(name)
            }
            return model
        }
    }

    private static func summaries(
        _ rows: [PostgresRow],
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> [ModelSummary] {
        let latest = try RegisteredModels.latest(
            of: rows.map(RegisteredModel.init),
            tenant,
            connection
        )
        return try rows.map { row in
            let number = try row.int64("registered_model_id")
            return try ModelSummary(row, latest: latest[number] ?? [])
        }
    }

    /// The newest first.
    ///
    /// - Throws: `RegistryError` `missing` where there is no such model.
    package func versions(
        of name: String,
        stage: ModelStage?,
        in tenant: TenantID,
        before: Int64?,
        limit: Int
    ) async throws -> Page<VersionSummary> {
        try RegistryText.checkStorable(name, "model")
        return try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            let model = try RegisteredModels.find(name, of: tenant, connection)
            let found = try connection.execute(
                ModelCatalogueQueries.versions,
                .int64(tenant.rawValue),
                .int64(model.number),
                .int64(before ?? Int64.max),
                .optional(stage.map { Int32($0.rawValue) }, PostgresValue.int32),
                .int64(Int64(limit) + 1)
            ).map { VersionSummary(try ModelVersion($0)) }
            return Page(found, limit: limit) { "\($0.number)" }
        }
    }

    /// - Throws: `RegistryError` `missing`.
    package func version(
        _ number: Int64,
        of name: String,
        in tenant: TenantID
    ) async throws -> VersionSummary {
        try RegistryText.checkStorable(name, "model")
        return try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            VersionSummary(try ModelVersions.find(name, number, of: tenant, connection))
        }
    }

    /// By name, with the gates before each.
    ///
    /// - Throws: `RegistryError` `missing` where there is no such model.
    package func aliases(
        of name: String,
        in tenant: TenantID,
        after cursor: String?,
        limit: Int
    ) async throws -> Page<AliasSummary> {
        try RegistryText.checkStorable(name, "model")
        return try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            let model = try RegisteredModels.find(name, of: tenant, connection)
            let gates = Dictionary(
                grouping: try Gates.all(of: name, tenant, connection)
            ) { $0.target }
            // A model has few: what a page leaves out was read with the model.
            let found = model.aliases
                .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
                .filter { alias in
                    cursor.map { $0.utf8.lexicographicallyPrecedes(alias.name.utf8) } ?? true
                }
                .map { alias in
                    AliasSummary(
                        alias: alias.name,
                        number: alias.version,
                        gates: (gates[alias.name] ?? []).map(\.name)
                    )
                }
            return Page(found, limit: limit) { $0.alias }
        }
    }
}
