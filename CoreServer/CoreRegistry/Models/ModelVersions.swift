import CoreDomain
import CorePostgres
import FleetModel

/// Versions of registered models.
package struct ModelVersions: Sendable {
    let pool: PostgresPool
    let releaseKey: ReleaseKey
    private let creations: TransactionCombiner<NewVersion, ModelVersion>
    private let lookups: TransactionCombiner<ModelAlias.Lookup, ModelVersion>

    /// - Parameter releaseKey: signs manifests.
    package init(pool: PostgresPool, releaseKey: ReleaseKey) {
        self.pool = pool
        self.releaseKey = releaseKey
        creations = TransactionCombiner(weightLimit: 256) { versions, tenant in
            try await pool.transaction(tenant: tenant, keepsPlans: true) { connection in
                try NewVersion.create(versions, of: tenant, key: releaseKey, connection)
            }
        }
        lookups = TransactionCombiner(weightLimit: 64) { lookups, tenant in
            try await pool.transaction(tenant: tenant, readOnly: true, keepsPlans: true) {
                connection in
                try ModelAlias.Lookup.find(lookups, of: tenant, connection)
            }
        }
    }

    package func create(
        of name: String,
        _ details: Details,
        _ act: Act
    ) async throws -> ModelVersion {
        try RegistryText.checkStorable(name, "name")
        try RegistryText.check(details.description, "description", atMost: 5000)
        try RegistryText.check(details.runLink, "run_link", atMost: 500)
        try RegisteredModels.check(details.tags)
        if !details.runID.isEmpty { try Run.check(id: details.runID) }
        return try await creations.run(
            NewVersion(name: name, details: details, act: act),
            weight: 1 + details.tags.count,
            of: act.tenant
        )
    }

    package func find(
        _ name: String,
        _ version: String,
        of tenant: TenantID
    ) async throws -> ModelVersion {
        try RegistryText.checkStorable(name, "name")
        let number = try ModelVersion.number(version)
        return try await pool.transaction(tenant: tenant, readOnly: true, keepsPlans: true) {
            connection in
            try Self.find(name, number, of: tenant, connection)
        }
    }

    /// - Throws: `RegistryError` `missing`.
    static func find(
        _ name: String,
        _ number: Int64,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> ModelVersion {
        let row = try connection.execute(
            ModelVersionQueries.byNumber,
            .int64(tenant.rawValue),
            .text(name),
            .int64(number)
        ).first
        guard let row else { throw ModelVersion.none(name, "\(number)") }
        return try ModelVersion(row)
    }

    /// As it is once nobody else changes it, nor its model.
    static func lock(
        _ name: String,
        _ number: Int64,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> ModelVersion {
        try connection.execute(ModelQueries.lock, .int64(tenant.rawValue), .text(name))
        return try find(name, number, of: tenant, connection)
    }

    package func find(
        _ name: String,
        alias: String,
        of tenant: TenantID
    ) async throws -> ModelVersion {
        try RegistryText.checkStorable(name, "name")
        try RegistryText.checkStorable(alias, "alias")
        return try await lookups.run(ModelAlias.Lookup(model: name, alias: alias), of: tenant)
    }

    package func search(
        of tenant: TenantID,
        filter: String?,
        order: [String],
        limit: Int,
        token: String?
    ) async throws -> RegistryPage<ModelVersion> {
        let offset = try RegistryPageToken(token).offset
        var query = SearchQuery(ModelVersionQueries.subject)
        query.require("v.tenant_id = $?", .int64(tenant.rawValue))
        let (clauses, wantsPrompts) = try PromptFilter.split(filter)
        for clause in clauses { try query.add(clause) }
        let prompts = PromptFilter.condition(wantsPrompts: wantsPrompts)
        if let name = clauses.lazy.compactMap(\.modelName).first {
            query.search(
                in: ModelVersionQueries.ofOneModel(prompts),
                .int64(tenant.rawValue),
                .text(name)
            )
        } else {
            query.require(prompts)
        }
        try query.order(by: order)
        let statement = query.statement(
            "search_model_versions",
            columns: ModelVersionQueries.ownColumns,
            limit: limit + 1,
            offset: offset
        )
        let values = query.values
        return try await pool.transaction(tenant: tenant, readOnly: true, keepsPlans: true) {
            connection in
            let rows = try connection.executeComposed(statement, values: values)
            return try RegistryPage(
                VersionMarks.versions(of: rows.prefix(limit), tenant, connection),
                of: rows,
                offset: offset
            )
        }
    }

    /// The signed list of its files.
    ///
    /// - Throws: `RegistryError` `missing` where its files are elsewhere.
    package func manifest(
        _ name: String,
        _ version: String,
        of tenant: TenantID
    ) async throws -> VersionManifest {
        try RegistryText.checkStorable(name, "name")
        let number = try ModelVersion.number(version)
        return try await pool.transaction(tenant: tenant, readOnly: true, keepsPlans: true) {
            connection in
            let found = try Self.find(name, number, of: tenant, connection)
            guard let manifest = try VersionManifest.find(found, of: tenant, connection) else {
                throw RegistryError.missing(
                    "version \(version) of \(name) has no manifest: its files are not in this store"
                )
            }
            return manifest
        }
    }

    package func describe(
        _ name: String,
        _ version: String,
        as description: String,
        _ act: Act
    ) async throws -> ModelVersion {
        try RegistryText.check(description, "description", atMost: 5000)
        return try await change(name, version, act) { found, connection in
            try Self.update(found, description: description, stage: found.stage, act, connection)
            try act.trail(connection).note(
                "version.update",
                found.target,
                before: found.description,
                after: description
            )
        }
    }

    package func delete(_ name: String, _ version: String, _ act: Act) async throws {
        let number = try ModelVersion.number(version)
        try RegistryText.checkStorable(name, "name")
        try await pool.transaction(tenant: act.tenant, keepsPlans: true) { connection in
            let found = try Self.lock(name, number, of: act.tenant, connection)
            // An alias or a stage that a gate stands before is moved, not lost.
            var held = try found.aliases.map { try MoveTarget($0) }
            if found.stage.isActive { held.append(MoveTarget(found.stage)) }
            for target in held {
                try Self.requireNoGate(before: target, of: name, act.tenant, connection)
            }
            try connection.execute(
                ModelVersionQueries.delete,
                .int64(act.tenant.rawValue),
                .int64(found.modelNumber),
                .int64(number)
            )
            try Self.touch(found.modelNumber, act, connection)
            try act.trail(connection).note("version.delete", found.target)
            try WebhookOutbox.add(
                .versionDeleted,
                [
                    "name": .text(name), "version": .text("\(number)"),
                    "aliases": .list(found.aliases),
                ],
                act,
                connection
            )
        }
    }

    package func setTag(
        _ tag: RegistryTag,
        on name: String,
        _ version: String,
        _ act: Act
    ) async throws {
        try RegisteredModels.check([tag])
        _ = try await change(name, version, act) { found, connection in
            try Self.set([tag], on: found.modelNumber, found.version, act.tenant, connection)
            try act.trail(connection).note(
                "version.tag",
                found.target,
                after: "\(tag.key)=\(tag.value.prefix(1000))"
            )
            try WebhookOutbox.add(
                .tagSet,
                [
                    "name": .text(name), "version": .text("\(found.version)"),
                    "key": .text(tag.key), "value": .text(tag.value),
                ],
                act,
                connection
            )
        }
    }

    /// Of none is no mistake.
    package func deleteTag(
        _ key: String,
        of name: String,
        _ version: String,
        _ act: Act
    ) async throws {
        try RegistryText.checkStorable(key, "key")
        _ = try await change(name, version, act) { found, connection in
            let count = try connection.executeCount(
                ModelVersionQueries.deleteTag,
                .int64(act.tenant.rawValue),
                .int64(found.modelNumber),
                .int64(found.version),
                .text(key)
            )
            guard count > 0 else { return }
            try act.trail(connection).note("version.untag", found.target, before: key)
            try WebhookOutbox.add(
                .tagDeleted,
                [
                    "name": .text(name), "version": .text("\(found.version)"),
                    "key": .text(key),
                ],
                act,
                connection
            )
        }
    }

    // MARK: Within a transaction

    /// - Returns: the version as it is then.
    func change(
        _ name: String,
        _ version: String,
        _ act: Act,
        _ body: @Sendable @escaping (ModelVersion, PostgresConnection) throws -> Void
    ) async throws -> ModelVersion {
        try RegistryText.checkStorable(name, "name")
        let number = try ModelVersion.number(version)
        return try await pool.transaction(tenant: act.tenant, keepsPlans: true) { connection in
            let found = try Self.lock(name, number, of: act.tenant, connection)
            try body(found, connection)
            return try Self.find(name, number, of: act.tenant, connection)
        }
    }

    static func update(
        _ version: ModelVersion,
        description: String,
        stage: ModelStage,
        _ act: Act,
        _ connection: PostgresConnection
    ) throws {
        try connection.execute(
            ModelVersionQueries.update,
            .int64(act.tenant.rawValue),
            .int64(version.modelNumber),
            .int64(version.version),
            .text(description),
            .int32(Int32(stage.rawValue)),
            .int64(act.now.milliseconds)
        )
    }

    /// Moves an alias, or makes it.
    static func point(
        _ alias: String,
        at version: ModelVersion,
        _ act: Act,
        _ connection: PostgresConnection
    ) throws {
        try connection.execute(
            ModelQueries.setAlias,
            .int64(act.tenant.rawValue),
            .int64(version.modelNumber),
            .text(alias),
            .int64(version.version)
        )
        try touch(version.modelNumber, act, connection)
    }

    /// - Returns: the versions that were in the stage.
    static func archiveOthers(
        than version: ModelVersion,
        in stage: ModelStage,
        _ act: Act,
        _ connection: PostgresConnection
    ) throws -> [Int64] {
        try connection.execute(
            ModelVersionQueries.archiveOthers,
            .int64(act.tenant.rawValue),
            .int64(version.modelNumber),
            .int64(version.version),
            .int32(Int32(stage.rawValue)),
            .int64(act.now.milliseconds)
        ).map { try $0.int64("version") }
    }

    static func touch(
        _ model: Int64,
        _ act: Act,
        _ connection: PostgresConnection
    ) throws {
        try connection.execute(
            ModelQueries.touch,
            .int64(act.tenant.rawValue),
            .int64(model),
            .int64(act.now.milliseconds)
        )
    }

    private static func set(
        _ tags: [RegistryTag],
        on model: Int64,
        _ version: Int64,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws {
        guard !tags.isEmpty else { return }
        let last = Dictionary(tags.map { ($0.key, $0.value) }) { $1 }
        try connection.execute(
            ModelVersionQueries.setTags,
            .int64(tenant.rawValue),
            .int64(model),
            .int64(version),
            .textArray(Array(last.keys)),
            .textArray(Array(last.values))
        )
    }
}

extension SearchClause {
    /// Of the one model that is meant.
    fileprivate var modelName: String? {
        guard entity.map({ ModelVersionQueries.subject.attributeNames.contains($0) }) ?? true,
            key == "name", case .compare(.equal, .text(let name)) = test
        else { return nil }
        return name
    }
}
