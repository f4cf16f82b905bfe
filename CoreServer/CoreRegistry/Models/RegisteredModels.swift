import CoreDomain
import CorePostgres
import FleetModel

/// Registered models of a tenant.
package struct RegisteredModels: Sendable {
    private let pool: PostgresPool

    package init(pool: PostgresPool) { self.pool = pool }

    package func create(
        _ name: String,
        description: String,
        tags: [RegistryTag],
        _ act: Act
    ) async throws -> RegisteredModel {
        try RegisteredModel.check(name: name)
        try RegistryText.check(description, "description", atMost: 5000)
        try Self.check(tags)
        do {
            return try await pool.transaction(tenant: act.tenant, keepsPlans: true) { connection in
                _ = try Self.insert(name, description: description, tags: tags, act, connection)
                return try Self.find(name, of: act.tenant, connection)
            }
        } catch let error as PostgresError
            where error.isUniqueViolation(constraint: "registered_models_name_key")
        {
            throw RegistryError.exists("Registered Model (name=\(name)) already exists.")
        }
    }

    /// - Returns: its number.
    static func insert(
        _ name: String,
        description: String,
        tags: [RegistryTag],
        _ act: Act,
        _ connection: PostgresConnection
    ) throws -> Int64 {
        let row = try connection.execute(
            ModelQueries.insert,
            .int64(act.tenant.rawValue),
            .text(name),
            .text(description),
            .int64(act.now.milliseconds)
        ).first
        guard let number = try row?.int64("registered_model_id") else {
            throw RegisteredModel.none(name)
        }
        try set(tags, on: number, act.tenant, connection)
        try act.trail(connection).note("model.create", "model/\(name)")
        try WebhookOutbox.add(
            .modelCreated,
            ["name": .text(name), "tags": .tags(tags), "description": .some(description)],
            act,
            connection
        )
        return number
    }

    package func find(_ name: String, of tenant: TenantID) async throws -> RegisteredModel {
        try RegistryText.checkStorable(name, "name")
        return try await pool.transaction(tenant: tenant, readOnly: true, keepsPlans: true) {
            connection in
            var model = try Self.find(name, of: tenant, connection)
            model.latest = try Self.latest(of: [model], tenant, connection)[model.number] ?? []
            return model
        }
    }

    /// Without its latest versions.
    ///
    /// - Throws: `RegistryError` `missing`.
    static func find(
        _ name: String,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> RegisteredModel {
        let row = try connection.execute(
            ModelQueries.byName,
            .int64(tenant.rawValue),
            .text(name)
        ).first
        guard let row else { throw RegisteredModel.none(name) }
        return try RegisteredModel(row)
    }

    /// As it is once nobody else changes it.
    static func lock(
        _ name: String,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> RegisteredModel {
        try connection.execute(ModelQueries.lock, .int64(tenant.rawValue), .text(name))
        return try find(name, of: tenant, connection)
    }

    static func latest(
        of models: [RegisteredModel],
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> [Int64: [ModelVersion]] {
        guard !models.isEmpty else { return [:] }
        let found = try connection.execute(
            ModelQueries.latest,
            .int64(tenant.rawValue),
            .int64Array(models.map(\.number))
        ).map(ModelVersion.init)
        return Dictionary(grouping: found, by: \.modelNumber)
    }

    /// The newest version of each of some stages; of all if none is named.
    package func latest(
        of name: String,
        stages: [ModelStage],
        in tenant: TenantID
    ) async throws -> [ModelVersion] {
        let all = try await find(name, of: tenant).latest
        return stages.isEmpty ? all : all.filter { stages.contains($0.stage) }
    }

    package func search(
        of tenant: TenantID,
        filter: String?,
        order: [String],
        limit: Int,
        token: String?
    ) async throws -> RegistryPage<RegisteredModel> {
        let offset = try RegistryPageToken(token).offset
        var query = SearchQuery(ModelQueries.subject)
        query.require("m.tenant_id = $?", .int64(tenant.rawValue))
        let (clauses, wantsPrompts) = try PromptFilter.split(filter)
        query.require(PromptFilter.condition(wantsPrompts: wantsPrompts))
        for clause in clauses { try query.add(clause) }
        try query.order(by: order)
        let statement = query.statement(
            "search_registered_models",
            columns: ModelQueries.columns,
            limit: limit + 1,
            offset: offset
        )
        let values = query.values
        return try await pool.transaction(tenant: tenant, readOnly: true, keepsPlans: true) {
            connection in
            let page = try RegistryPage(
                connection.executeComposed(statement, values: values),
                limit: limit,
                offset: offset,
                RegisteredModel.init
            )
            let latest = try Self.latest(of: page.items, tenant, connection)
            return page.map { model in
                var model = model
                model.latest = latest[model.number] ?? []
                return model
            }
        }
    }

    package func describe(
        _ name: String,
        as description: String,
        _ act: Act
    ) async throws -> RegisteredModel {
        try RegistryText.check(description, "description", atMost: 5000)
        try await change(name, act) { model, connection in
            try Self.update(model, name: model.name, description: description, act, connection)
            try act.trail(connection).note(
                "model.update",
                model.target,
                before: model.description,
                after: description
            )
        }
        return try await find(name, of: act.tenant)
    }

    /// Versions, tags and aliases follow.
    package func rename(
        _ name: String,
        to newName: String,
        _ act: Act
    ) async throws -> RegisteredModel {
        try RegisteredModel.check(name: newName)
        do {
            try await change(name, act) { model, connection in
                // A gate goes by the name: it is not left behind by another.
                let gates = try Gates.all(of: name, act.tenant, connection)
                if let gate = gates.first(where: { $0.model != "*" }) {
                    throw RegistryError.invalid(
                        "the gate \(gate.name) stands before aliases of \(name): change it first"
                    )
                }
                for target in try Self.held(by: model, act.tenant, connection) {
                    // Who asks for the old name would find nothing there any more.
                    try ModelVersions.requireNoGate(
                        before: target,
                        of: name,
                        act.tenant,
                        connection
                    )
                    // Nor does one that never came through it take its name.
                    let other = try AliasMove.standing(
                        before: target,
                        of: newName,
                        act.tenant,
                        connection
                    )
                    if let gate = other.first(where: { $0.model == newName }) {
                        throw RegistryError.invalid(
                            "the gate \(gate.name) stands before \(target.text) of \(newName), and "
                                + "\(name) has a version there that did not come through it"
                        )
                    }
                }
                try Self.update(
                    model,
                    name: newName,
                    description: model.description,
                    act,
                    connection
                )
                try connection.execute(
                    ModelQueries.touchVersions,
                    .int64(act.tenant.rawValue),
                    .int64(model.number),
                    .int64(act.now.milliseconds)
                )
                try act.trail(connection).note(
                    "model.rename",
                    model.target,
                    before: name,
                    after: newName
                )
            }
        } catch let error as PostgresError
            where error.isUniqueViolation(constraint: "registered_models_name_key")
        {
            throw RegistryError.exists("Registered Model (name=\(newName)) already exists.")
        }
        return try await find(newName, of: act.tenant)
    }

    /// The aliases and active stages under which it has a version.
    private static func held(
        by model: RegisteredModel,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> [MoveTarget] {
        let stages = try latest(of: [model], tenant, connection)[model.number] ?? []
        return try model.aliases.map { try MoveTarget($0.name) }
            + stages.filter(\.stage.isActive).map { MoveTarget($0.stage) }
    }

    private static func update(
        _ model: RegisteredModel,
        name: String,
        description: String,
        _ act: Act,
        _ connection: PostgresConnection
    ) throws {
        try connection.execute(
            ModelQueries.update,
            .int64(act.tenant.rawValue),
            .int64(model.number),
            .text(name),
            .text(description),
            .int64(act.now.milliseconds)
        )
    }

    /// With all versions, tags and aliases.
    package func delete(_ name: String, _ act: Act) async throws {
        try await change(name, act) { model, connection in
            for target in try Self.held(by: model, act.tenant, connection) {
                try ModelVersions.requireNoGate(before: target, of: name, act.tenant, connection)
            }
            try connection.execute(
                ModelQueries.delete,
                .int64(act.tenant.rawValue),
                .int64(model.number)
            )
            try act.trail(connection).note("model.delete", model.target)
            try WebhookOutbox.add(.modelDeleted, ["name": .text(name)], act, connection)
        }
    }

    package func setTag(_ tag: RegistryTag, on name: String, _ act: Act) async throws {
        try Self.check([tag])
        try await change(name, act) { model, connection in
            try Self.set([tag], on: model.number, act.tenant, connection)
            try act.trail(connection).note(
                "model.tag",
                model.target,
                after: "\(tag.key)=\(tag.value.prefix(1000))"
            )
        }
    }

    /// Of none is no mistake.
    package func deleteTag(_ key: String, of name: String, _ act: Act) async throws {
        try RegistryText.checkStorable(key, "key")
        try await change(name, act) { model, connection in
            let count = try connection.executeCount(
                ModelQueries.deleteTag,
                .int64(act.tenant.rawValue),
                .int64(model.number),
                .text(key)
            )
            guard count > 0 else { return }
            try act.trail(connection).note("model.untag", model.target, before: key)
        }
    }

    private func change(
        _ name: String,
        _ act: Act,
        _ body: @Sendable @escaping (RegisteredModel, PostgresConnection) throws -> Void
    ) async throws {
        try RegistryText.checkStorable(name, "name")
        try await pool.transaction(tenant: act.tenant, keepsPlans: true) { connection in
            let model = try Self.lock(name, of: act.tenant, connection)
            try body(model, connection)
        }
    }

    static func check(_ tags: [RegistryTag]) throws(RegistryError) {
        guard tags.count <= 1000 else { throw .invalid("a request has at most 1000 tags") }
        for tag in tags {
            try RegistryText.checkKey(tag.key, "key")
            try RegistryText.check(tag.value, "value", atMost: 100_000)
        }
    }

    private static func set(
        _ tags: [RegistryTag],
        on number: Int64,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws {
        guard !tags.isEmpty else { return }
        let last = Dictionary(tags.map { ($0.key, $0.value) }) { $1 }
        try connection.execute(
            ModelQueries.setTags,
            .int64(tenant.rawValue),
            .int64(number),
            .textArray(Array(last.keys)),
            .textArray(Array(last.values))
        )
    }
}
