import CoreDomain
import CorePostgres
import FleetModel

/// Models that runs made.
package struct LoggedModels: Sendable {
    /// One term of a search's order.
    package struct Order: Sendable {
        let field: String
        let isAscending: Bool

        package init(field: String, isAscending: Bool) {
            self.field = field
            self.isAscending = isAscending
        }
    }

    private let pool: PostgresPool

    package init(pool: PostgresPool) { self.pool = pool }

    package func create(
        in experiment: String,
        name: String?,
        modelType: String,
        sourceRunID: String?,
        params: [RegistryTag],
        tags: [RegistryTag],
        _ act: Act
    ) async throws -> LoggedModel {
        let number = try Experiment.number(experiment)
        let name = name.flatMap { $0.isEmpty ? nil : $0 } ?? RunName.random()
        try LoggedModel.check(name: name)
        try RegistryText.check(modelType, "model_type", atMost: 500)
        try Self.check(params, "params")
        try Self.check(tags, "tags")
        if let sourceRunID, !sourceRunID.isEmpty { try Run.check(id: sourceRunID) }
        let id = "m-\(RegistryID.random())"
        return try await pool.transaction(tenant: act.tenant, keepsPlans: true) { connection in
            let found = try Experiments.find(number, of: act.tenant, connection)
            try found.requireActive()
            try connection.execute(
                LoggedModelQueries.insert,
                values: [
                    .int64(act.tenant.rawValue), .text(id), .int64(number), .text(name),
                    .optional(sourceRunID.flatMap { $0.isEmpty ? nil : $0 }, PostgresValue.text),
                    .text(modelType), .text("\(found.artifactLocation)/models/\(id)/artifacts"),
                    .int64(act.now.milliseconds),
                ]
            )
            try Self.put(params, LoggedModelQueries.setParams, on: id, act.tenant, connection)
            try Self.put(tags, LoggedModelQueries.setTags, on: id, act.tenant, connection)
            return try Self.find(id, of: act.tenant, connection)
        }
    }

    package func find(
        _ id: String,
        of tenant: TenantID,
        allowsDeleted: Bool = false
    ) async throws -> LoggedModel {
        try LoggedModel.check(id: id)
        return try await pool.transaction(tenant: tenant, readOnly: true, keepsPlans: true) {
            connection in
            try Self.find(id, of: tenant, allowsDeleted: allowsDeleted, connection)
        }
    }

    /// - Throws: `RegistryError` `missing`, for a deleted one too.
    static func find(
        _ id: String,
        of tenant: TenantID,
        allowsDeleted: Bool = false,
        _ connection: PostgresConnection
    ) throws -> LoggedModel {
        let row = try connection.execute(
            LoggedModelQueries.byID,
            .int64(tenant.rawValue),
            .text(id)
        ).first
        guard let row, try allowsDeleted || !row.bool("is_deleted") else {
            throw LoggedModel.none(id)
        }
        return try whole([LoggedModel(row)], of: tenant, connection)[0]
    }

    /// As it is once nobody else changes it.
    static func lock(
        _ id: String,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> LoggedModel {
        try connection.execute(LoggedModelQueries.lock, .int64(tenant.rawValue), .text(id))
        return try find(id, of: tenant, connection)
    }

    private static func whole(
        _ models: [LoggedModel],
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> [LoggedModel] {
        guard !models.isEmpty else { return [] }
        var metrics: [String: [RunMetric]] = [:]
        for row in try connection.execute(
            LoggedModelQueries.metrics,
            .int64(tenant.rawValue),
            .textArray(models.map(\.id))
        ) {
            let id = try row.text("model_id")
            metrics[id, default: []].append(
                RunMetric(
                    key: try row.text("key"),
                    value: try row.double("value"),
                    at: try row.int64("logged_at"),
                    step: try row.int64("step"),
                    modelID: id,
                    datasetName: try row.text("dataset_name"),
                    datasetDigest: try row.text("dataset_digest"),
                    runID: try row.text("run_id")
                )
            )
        }
        return models.map { model in
            var model = model
            model.metrics = metrics[model.id] ?? []
            return model
        }
    }

    package func search(
        in experiments: [String],
        of tenant: TenantID,
        filter: String?,
        order: [Order],
        limit: Int,
        token: String?
    ) async throws -> RegistryPage<LoggedModel> {
        let offset = try RegistryPageToken(token).offset
        var query = SearchQuery(LoggedModelQueries.subject)
        query.require("l.tenant_id = $?", .int64(tenant.rawValue))
        query.require(
            "l.experiment_id = ANY ($?)",
            .int64Array(experiments.compactMap { Int64($0) })
        )
        query.require("NOT l.is_deleted")
        try query.filter(filter)
        for term in order.prefix(20) {
            let (entity, key, _) = try SearchParser.order(term.field)
            try query.order(by: entity, key, isAscending: term.isAscending)
        }
        let statement = query.statement(
            "search_logged_models",
            columns: LoggedModelQueries.columns,
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
                LoggedModel.init
            ).completed { try Self.whole($0, of: tenant, connection) }
        }
    }

    /// Its upload has ended, well or not.
    package func finalize(
        _ id: String,
        as status: LoggedModel.Status,
        _ act: Act
    ) async throws -> LoggedModel {
        try await change(id, act) { connection in
            try connection.execute(
                LoggedModelQueries.setStatus,
                .int64(act.tenant.rawValue),
                .text(id),
                .int32(Int32(status.rawValue)),
                .int64(act.now.milliseconds)
            )
        }
        return try await find(id, of: act.tenant)
    }

    package func delete(_ id: String, _ act: Act) async throws {
        try await change(id, act) { connection in
            try connection.execute(
                LoggedModelQueries.delete,
                .int64(act.tenant.rawValue),
                .text(id),
                .int64(act.now.milliseconds)
            )
            try act.trail(connection).note("logged_model.delete", "logged-model/\(id)")
        }
    }

    package func setTags(_ tags: [RegistryTag], on id: String, _ act: Act) async throws {
        try Self.check(tags, "tags")
        try await change(id, act) { connection in
            try Self.put(tags, LoggedModelQueries.setTags, on: id, act.tenant, connection)
        }
    }

    package func setParams(_ params: [RegistryTag], on id: String, _ act: Act) async throws {
        try Self.check(params, "params")
        try await change(id, act) { connection in
            try Self.put(params, LoggedModelQueries.setParams, on: id, act.tenant, connection)
        }
    }

    package func deleteTag(_ key: String, of id: String, _ act: Act) async throws {
        try RegistryText.checkStorable(key, "tag_key")
        try await change(id, act) { connection in
            let count = try connection.executeCount(
                LoggedModelQueries.deleteTag,
                .int64(act.tenant.rawValue),
                .text(id),
                .text(key)
            )
            guard count > 0 else {
                throw RegistryError.missing(
                    "No tag with key '\(key)' found for model with ID '\(id)'."
                )
            }
        }
    }

    private func change(
        _ id: String,
        _ act: Act,
        _ body: @Sendable @escaping (PostgresConnection) throws -> Void
    ) async throws {
        try LoggedModel.check(id: id)
        try await pool.transaction(tenant: act.tenant, keepsPlans: true) { connection in
            _ = try Self.lock(id, of: act.tenant, connection)
            try body(connection)
        }
    }

    private static func check(_ tags: [RegistryTag], _ what: String) throws(RegistryError) {
        guard tags.count <= 1000 else { throw .invalid("a request has at most 1000 \(what)") }
        for tag in tags {
            try RegistryText.checkKey(tag.key, "\(what).key")
            try RegistryText.check(tag.value, "\(what).value", atMost: 8000)
        }
    }

    static func set(
        _ tags: [RegistryTag],
        on id: String,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws {
        try put(tags, LoggedModelQueries.setTags, on: id, tenant, connection)
    }

    static func put(
        _ pairs: [RegistryTag],
        _ statement: Statement,
        on id: String,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws {
        guard !pairs.isEmpty else { return }
        let last = Dictionary(pairs.map { ($0.key, $0.value) }) { $1 }
        try connection.execute(
            statement,
            .int64(tenant.rawValue),
            .text(id),
            .textArray(Array(last.keys)),
            .textArray(Array(last.values))
        )
    }
}
