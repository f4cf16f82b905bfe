import CoreDomain
import CorePostgres
import FleetModel

extension Runs {
    /// What one request may log, as MLflow has it.
    package enum Limit {
        package static let metrics = 1000
        package static let params = 100
        package static let tags = 100
        package static let together = 1000
        /// Characters; longer ones are cut.
        static let paramValue = 6000
    }

    /// All of it or nothing.
    package func log(
        metrics: [RunMetric] = [],
        params: [RegistryTag] = [],
        tags: [RegistryTag] = [],
        to id: String,
        of tenant: TenantID
    ) async throws {
        for (index, metric) in metrics.enumerated() {
            try metric.check(metrics.count == 1 ? "key" : "metrics[\(index)].key")
        }
        let params = try Self.checked(params: params)
        let tags = try Self.checked(tags)
        try await write(to: id, of: tenant) { connection in
            try Self.log(metrics, to: id, tenant, connection)
            try Self.log(params: params, to: id, tenant, connection)
            if !tags.isEmpty { try Self.set(tags, on: id, tenant, connection) }
        }
    }

    private static func checked(params: [RegistryTag]) throws(RegistryError) -> [RegistryTag] {
        var seen: [String: String] = [:]
        var checked: [RegistryTag] = []
        for param in params {
            try RegistryText.checkKey(param.key, "key")
            try RegistryText.checkStorable(param.value, "value")
            let value = RegistryText.cut(param.value, to: Limit.paramValue)
            guard seen.updateValue(value, forKey: param.key) == nil else {
                throw .invalid(
                    "Duplicate parameter keys have been submitted: \(param.key). Please ensure the "
                        + "request contains only one param value per param key."
                )
            }
            checked.append(RegistryTag(key: param.key, value: value))
        }
        return checked
    }

    private static func log(
        _ metrics: [RunMetric],
        to id: String,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws {
        guard !metrics.isEmpty else { return }
        try connection.execute(
            RunLogQueries.metrics,
            .int64(tenant.rawValue),
            .text(id),
            .textArray(metrics.map(\.key)),
            .int64Array(metrics.map(\.at)),
            .int64Array(metrics.map(\.step)),
            .doubleArray(metrics.map(\.value))
        )
        let measured = metrics.filter { !$0.modelID.isEmpty }
        guard !measured.isEmpty else { return }
        for metric in measured { try LoggedModel.check(id: metric.modelID) }
        try connection.execute(
            RunLogQueries.modelMetrics,
            values: [
                .int64(tenant.rawValue), .text(id), .textArray(measured.map(\.key)),
                .int64Array(measured.map(\.at)), .int64Array(measured.map(\.step)),
                .doubleArray(measured.map(\.value)), .textArray(measured.map(\.modelID)),
                .textArray(measured.map(\.datasetName)), .textArray(measured.map(\.datasetDigest)),
            ]
        )
    }

    private static func log(
        params: [RegistryTag],
        to id: String,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws {
        guard !params.isEmpty else { return }
        let values: [PostgresValue] = [
            .int64(tenant.rawValue), .text(id), .textArray(params.map(\.key)),
            .textArray(params.map(\.value)),
        ]
        let added = try connection.executeCount(RunLogQueries.params, values: values)
        guard added < params.count else { return }
        let row = try connection.execute(RunLogQueries.changedParam, values: values).first
        guard let row else { return }
        let key = try row.text("key")
        throw RegistryError.invalid(
            "Changing param values is not allowed. Param with key='\(key)' was already logged with "
                + "value='\(try row.text("value"))' for run ID='\(id)'. Attempted logging new value "
                + "'\(try row.text("wanted"))'."
        )
    }

    package func deleteTag(_ key: String, of id: String, in tenant: TenantID) async throws {
        try RegistryText.checkStorable(key, "key")
        try await write(to: id, of: tenant) { connection in
            let count = try connection.executeCount(
                RunLogQueries.deleteTag,
                .int64(tenant.rawValue),
                .text(id),
                .text(key)
            )
            guard count > 0 else {
                throw RegistryError.missing("No tag with name: \(key) in run with id \(id)")
            }
        }
    }

    /// Data and models that a run read, or models that it made.
    package func log(
        datasets: [RunDataset],
        models: [Run.Model],
        to id: String,
        of tenant: TenantID
    ) async throws {
        guard datasets.count + models.count <= 1000 else {
            throw RegistryError.invalid("a request has at most 1000 inputs or outputs")
        }
        for dataset in datasets { try dataset.check() }
        for model in models { try LoggedModel.check(id: model.id) }
        try await write(to: id, of: tenant) { connection in
            let experiment = try connection.execute(
                RunQueries.state,
                .int64(tenant.rawValue),
                .text(id)
            ).first?.int64("experiment_id")
            guard let experiment else { throw Run.none(id) }
            for dataset in datasets {
                try Self.log(dataset, to: id, in: experiment, tenant, connection)
            }
            for isOutput in [false, true] {
                let some = models.filter { $0.isOutput == isOutput }
                guard !some.isEmpty else { continue }
                try connection.execute(
                    RunLogQueries.runModels,
                    .int64(tenant.rawValue),
                    .text(id),
                    .bool(isOutput),
                    .textArray(some.map(\.id)),
                    .int64Array(some.map(\.step))
                )
            }
        }
    }

    private static func log(
        _ dataset: RunDataset,
        to id: String,
        in experiment: Int64,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws {
        try connection.execute(
            RunLogQueries.dataset,
            values: [
                .int64(tenant.rawValue), .int64(experiment), .text(dataset.name),
                .text(dataset.digest), .text(dataset.sourceType), .text(dataset.source),
                .optional(dataset.schema, PostgresValue.text),
                .optional(dataset.profile, PostgresValue.text),
            ]
        )
        try connection.execute(
            RunLogQueries.runDataset,
            values: [
                .int64(tenant.rawValue), .text(id), .text(dataset.name), .text(dataset.digest),
                .int64(experiment), .optional(dataset.context, PostgresValue.text),
                .textArray(dataset.tags.map(\.key)), .textArray(dataset.tags.map(\.value)),
            ]
        )
    }

    /// What clients before 3.0 tell of a model that they logged: a list in a tag.
    ///
    /// - Parameter json: the model's description, an object.
    package func log(
        modelJSON json: String,
        to id: String,
        of tenant: TenantID
    ) async throws {
        let key = "mlflow.log-model.history"
        try RegistryText.checkStorable(json, "model_json")
        try await write(to: id, of: tenant, isLocked: true) { connection in
            let row = try connection.execute(
                RunLogQueries.tag,
                .int64(tenant.rawValue),
                .text(id),
                .text(key)
            ).first
            let old = try row?.text("value") ?? "[]"
            let body = old.hasPrefix("[") && old.hasSuffix("]") ? old.dropFirst().dropLast() : ""
            let list = body.isEmpty ? "[\(json)]" : "[\(body), \(json)]"
            guard list.utf8.count <= 1_000_000 else {
                throw RegistryError.invalid("the run's tag \(key) is full")
            }
            try Self.put([RegistryTag(key: key, value: list)], on: id, tenant, connection)
        }
    }
}
