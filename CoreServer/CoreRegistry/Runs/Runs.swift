import CoreDomain
import CorePostgres
import FleetModel

/// Runs of a tenant's experiments.
package struct Runs: Sendable {
    static let nameTag = "mlflow.runName"

    let pool: PostgresPool
    let logs: TransactionCombiner<RunLog, Void>

    package init(pool: PostgresPool) {
        self.pool = pool
        // As much as one request may log at the most.
        logs = TransactionCombiner(weightLimit: Limit.together) { logs, tenant in
            try await pool.transaction(tenant: tenant, keepsPlans: true) { connection in
                try RunLog.write(logs, of: tenant, connection)
            }
        }
    }

    /// - Parameters:
    ///   - name: made up if there is none.
    ///   - start: milliseconds since 1970; now if there is none.
    package func create(
        in experiment: String,
        name: String?,
        userName: String,
        start: Int64?,
        tags: [RegistryTag],
        _ act: Act
    ) async throws -> Run {
        let number = try Experiment.number(experiment)
        var tags = try Self.checked(tags)
        let tagged = tags.last { $0.key == Self.nameTag }?.value
        if let name, !name.isEmpty, let tagged, tagged != name {
            throw RegistryError.invalid(
                "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different "
                    + "values (run_name='\(name)', mlflow.runName='\(tagged)')."
            )
        }
        let given = name.flatMap { $0.isEmpty ? nil : $0 } ?? tagged
        let name = given ?? RunName.random()
        try RegistryText.check(name, "run_name", atMost: 250)
        try RegistryText.check(userName, "user_id", atMost: 256)
        tags.removeAll { $0.key == Self.nameTag }
        tags.append(RegistryTag(key: Self.nameTag, value: name))
        let id = RegistryID.random()
        let all = tags
        return try await pool.transaction(tenant: act.tenant, keepsPlans: true) { connection in
            let found = try Experiments.find(number, of: act.tenant, connection)
            try found.requireActive()
            try connection.execute(
                RunQueries.insert,
                .int64(act.tenant.rawValue),
                .text(id),
                .int64(number),
                .text(name),
                .text(userName),
                .int64(start ?? act.now.milliseconds)
            )
            try Self.set(all, on: id, act.tenant, connection)
            return try Self.find(id, of: act.tenant, connection)
        }
    }

    package func find(_ id: String, of tenant: TenantID) async throws -> Run {
        try Run.check(id: id)
        return try await pool.transaction(tenant: tenant, readOnly: true, keepsPlans: true) {
            connection in
            try Self.find(id, of: tenant, connection)
        }
    }

    static func find(
        _ id: String,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> Run {
        let row = try connection.execute(
            RunQueries.byID,
            .int64(tenant.rawValue),
            .text(id)
        ).first
        guard let row else { throw Run.none(id) }
        return try whole([Run(row)], of: tenant, connection)[0]
    }

    /// The data that a run read.
    static func datasets(
        of run: String,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> [RunDataset] {
        try datasets(of: [run], tenant, connection)[run] ?? []
    }

    private static func datasets(
        of runs: [String],
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> [String: [RunDataset]] {
        var datasets: [String: [RunDataset]] = [:]
        for row in try connection.execute(
            RunQueries.datasets,
            .int64(tenant.rawValue),
            .textArray(runs)
        ) {
            datasets[try row.text("run_id"), default: []].append(
                RunDataset(
                    name: try row.text("name"),
                    digest: try row.text("digest"),
                    sourceType: try row.text("source_type"),
                    source: try row.text("source"),
                    schema: try row.optionalText("schema"),
                    profile: try row.optionalText("profile"),
                    tags: try RegistryTag.all(row)
                )
            )
        }
        return datasets
    }

    /// With the data and the models that they read and made.
    private static func whole(
        _ runs: [Run],
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> [Run] {
        guard !runs.isEmpty else { return [] }
        let ids = PostgresValue.textArray(runs.map(\.id))
        let datasets = try datasets(of: runs.map(\.id), tenant, connection)
        var models: [String: [Run.Model]] = [:]
        for row in try connection.execute(
            RunQueries.models,
            .int64(tenant.rawValue),
            ids
        ) {
            models[try row.text("run_id"), default: []].append(
                Run.Model(
                    id: try row.text("model_id"),
                    step: try row.int64("step"),
                    isOutput: try row.bool("is_output")
                )
            )
        }
        return runs.map { run in
            var run = run
            run.datasets = datasets[run.id] ?? []
            run.models = models[run.id] ?? []
            return run
        }
    }

    package func search(
        in experiments: [String],
        of tenant: TenantID,
        filter: String?,
        view: LifecycleView,
        order: [String],
        limit: Int,
        token: String?
    ) async throws -> RegistryPage<Run> {
        let offset = try RegistryPageToken(token).offset
        var query = SearchQuery(RunQueries.subject)
        query.require("r.tenant_id = $?", .int64(tenant.rawValue))
        query.require(
            "r.experiment_id = ANY ($?)",
            .int64Array(experiments.compactMap { Int64($0) })
        )
        if view != .all { query.require("r.is_deleted = $?", .bool(view == .deleted)) }
        try query.filter(filter)
        try query.order(by: order)
        let statement = query.statement(
            "search_runs",
            columns: RunQueries.columns,
            limit: limit + 1,
            offset: offset
        )
        let values = query.values
        return try await pool.transaction(tenant: tenant, readOnly: true, keepsPlans: true) {
            connection in
            try RegistryPage(
                connection.executeComposed(statement, values: values),
                limit: limit,
                offset: offset,
                Run.init
            ).completed { try Self.whole($0, of: tenant, connection) }
        }
    }

    package func update(
        _ id: String,
        status: RunStatus?,
        end: Int64?,
        name: String?,
        _ act: Act
    ) async throws -> Run {
        let name = name.flatMap { $0.isEmpty ? nil : $0 }
        if let name { try RegistryText.check(name, "run_name", atMost: 250) }
        return try await write(to: id, of: act.tenant) { connection in
            try connection.execute(
                RunQueries.update,
                .int64(act.tenant.rawValue),
                .text(id),
                .optional(status) { .int32(Int32($0.rawValue)) },
                .optional(end, PostgresValue.int64),
                .optional(name, PostgresValue.text)
            )
            if let name {
                try Self.put(
                    [RegistryTag(key: Self.nameTag, value: name)],
                    on: id,
                    act.tenant,
                    connection
                )
            }
            return try Self.find(id, of: act.tenant, connection)
        }
    }

    /// Hides it; it can be restored.
    package func setDeleted(_ isDeleted: Bool, _ id: String, _ act: Act) async throws {
        try Run.check(id: id)
        try await pool.transaction(tenant: act.tenant, keepsPlans: true) { connection in
            let row = try connection.execute(
                RunQueries.lock,
                .int64(act.tenant.rawValue),
                .text(id)
            ).first
            guard let row else { throw Run.none(id) }
            guard try row.bool("is_deleted") != isDeleted else { return }
            try connection.execute(
                RunQueries.setDeleted,
                .int64(act.tenant.rawValue),
                .text(id),
                .bool(isDeleted)
            )
            try act.trail(connection).note(
                isDeleted ? "run.delete" : "run.restore",
                "run/\(id)"
            )
        }
    }

    // MARK: Writing

    /// - Throws: `RegistryError` where there is no such run, or a deleted one.
    func write<Value: Sendable>(
        to id: String,
        of tenant: TenantID,
        isLocked: Bool = false,
        _ body: @Sendable @escaping (PostgresConnection) throws -> Value
    ) async throws -> Value {
        try Run.check(id: id)
        return try await pool.transaction(tenant: tenant, keepsPlans: true) { connection in
            let row = try connection.execute(
                isLocked ? RunQueries.lock : RunQueries.state,
                .int64(tenant.rawValue),
                .text(id)
            ).first
            guard let row else { throw Run.none(id) }
            guard try !row.bool("is_deleted") else { throw Run.deleted(id) }
            return try body(connection)
        }
    }

    /// Cut where they are too long, as MLflow does.
    static func checked(_ tags: [RegistryTag], _ what: String = "key") throws -> [RegistryTag] {
        guard tags.count <= 100_000 else { throw RegistryError.invalid("too many tags at once") }
        return try tags.map { tag in
            try RegistryText.checkKey(tag.key, what)
            try RegistryText.checkStorable(tag.value, "value")
            return RegistryTag(key: tag.key, value: RegistryText.cut(tag.value, to: 8000))
        }
    }

    /// Sets tags, and the run's name where the tag of it is among them.
    static func set(
        _ tags: [RegistryTag],
        on id: String,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws {
        try put(tags, on: id, tenant, connection)
        guard let name = tags.last(where: { $0.key == nameTag })?.value, !name.isEmpty else {
            return
        }
        try RegistryText.check(name, "run_name", atMost: 250)
        try connection.execute(
            RunQueries.update,
            .int64(tenant.rawValue),
            .text(id),
            .null,
            .null,
            .text(name)
        )
    }

    static func put(
        _ tags: [RegistryTag],
        on id: String,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws {
        guard !tags.isEmpty else { return }
        let last = Dictionary(tags.map { ($0.key, $0.value) }) { $1 }
        try connection.execute(
            RunLogQueries.tags,
            .int64(tenant.rawValue),
            .text(id),
            .textArray(Array(last.keys)),
            .textArray(Array(last.values))
        )
    }
}
