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
        if let name = tags.last(where: { $0.key == Self.nameTag })?.value {
            try RegistryText.check(name, "run_name", atMost: 250)
        }
        for metric in metrics where !metric.modelID.isEmpty {
            try LoggedModel.check(id: metric.modelID)
        }
        try Run.check(id: id)
        try await logs.run(
            RunLog(run: id, metrics: metrics, params: params, tags: tags),
            weight: 1 + metrics.count + params.count + tags.count,
            of: tenant
        )
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
