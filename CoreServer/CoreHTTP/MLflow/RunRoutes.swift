import CoreDomain
import CoreRegistry
import FleetRuntime
import HTTPTypes

/// MLflow's calls about runs.
struct RunRoutes: Sendable {
    /// As MLflow's client asks for at a time.
    private static let historyPage = 25_000

    let runs: Runs
    let clock: WallClock

    func add(to router: inout EndpointRouter) {
        router.on(.mlflow("createRun", .post, "runs/create", .experimentsWrite)) { call in
            let fields = call.fields
            let run = try await runs.create(
                in: fields.text("experiment_id") ?? "0",
                name: fields.text("run_name"),
                userName: fields.text("user_id") ?? "",
                start: fields.integer("start_time"),
                tags: fields.tags("tags"),
                call.act(at: clock.now())
            )
            return .object([("run", run.json)])
        }
        router.on(.mlflow("getRun", .get, "runs/get", .experimentsRead)) { call in
            let run = try await runs.find(call.fields.runID, of: call.tenant)
            return .object([("run", run.json)])
        }
        router.on(.mlflow("updateRun", .post, "runs/update", .experimentsWrite)) { call in
            let fields = call.fields
            let run = try await runs.update(
                fields.runID,
                status: fields.choice("status", word: \.word),
                end: fields.integer("end_time"),
                name: fields.text("run_name"),
                call.act(at: clock.now())
            )
            return .object([("run_info", run.info)])
        }
        router.on(.mlflow("deleteRun", .post, "runs/delete", .experimentsWrite)) { call in
            try await runs.setDeleted(true, call.fields.runID, call.act(at: clock.now()))
            return .object([])
        }
        router.on(.mlflow("restoreRun", .post, "runs/restore", .experimentsWrite)) { call in
            try await runs.setDeleted(false, call.fields.runID, call.act(at: clock.now()))
            return .object([])
        }
        router.on(
            .mlflow(
                "searchRuns",
                .post,
                "runs/search",
                .experimentsRead,
                changesSomething: false
            ),
            answer: search
        )
        addLogging(to: &router)
        addHistory(to: &router)
    }

    @Sendable private func search(_ call: MLflowCall) async throws -> JSONText {
        let fields = call.fields
        let page = try await runs.search(
            in: fields.texts("experiment_ids"),
            of: call.tenant,
            filter: fields.text("filter"),
            view: fields.choice("run_view_type", word: \.word) ?? .active,
            order: fields.texts("order_by"),
            limit: fields.limit(default: 1000, most: 50_000),
            token: fields.text("page_token")
        )
        return page.json("runs", \.json)
    }

    // MARK: Logging

    private func addLogging(to router: inout EndpointRouter) {
        router.on(.mlflow("logMetric", .post, "runs/log-metric", .experimentsWrite)) { call in
            let id = try call.fields.runID
            try await runs.log(metrics: [call.fields.metric()], to: id, of: call.tenant)
            return .object([])
        }
        router.on(.mlflow("logParam", .post, "runs/log-parameter", .experimentsWrite)) { call in
            let fields = call.fields
            let param = RegistryTag(
                key: try fields.required("key"),
                value: try fields.text("value") ?? ""
            )
            try await runs.log(params: [param], to: fields.runID, of: call.tenant)
            return .object([])
        }
        router.on(.mlflow("setTag", .post, "runs/set-tag", .experimentsWrite)) { call in
            let fields = call.fields
            let tag = RegistryTag(
                key: try fields.required("key"),
                value: try fields.text("value") ?? ""
            )
            try await runs.log(tags: [tag], to: fields.runID, of: call.tenant)
            return .object([])
        }
        router.on(.mlflow("deleteTag", .post, "runs/delete-tag", .experimentsWrite)) { call in
            try await runs.deleteTag(
                call.fields.required("key"),
                of: call.fields.runID,
                in: call.tenant
            )
            return .object([])
        }
        router.on(
            .mlflow("logBatch", .post, "runs/log-batch", .experimentsWrite),
            answer: logBatch
        )
        router.on(.mlflow("logModel", .post, "runs/log-model", .experimentsWrite)) { call in
            let json = try call.fields.required("model_json")
            try Self.check(modelJSON: json)
            try await runs.log(modelJSON: json, to: call.fields.runID, of: call.tenant)
            return .object([])
        }
        router.on(
            .mlflow(
                "logInputs",
                .post,
                "runs/log-inputs",
                .experimentsWrite,
                bodyLimit: 20_000_000
            ),
            answer: logInputs
        )
        router.on(.mlflow("logOutputs", .post, "runs/outputs", .experimentsWrite)) { call in
            let fields = call.fields
            var models: [Run.Model] = []
            for model in try fields.messages("models") {
                models.append(
                    Run.Model(
                        id: try model.required("model_id"),
                        step: try model.integer("step") ?? 0,
                        isOutput: true
                    )
                )
            }
            try await runs.log(datasets: [], models: models, to: fields.runID, of: call.tenant)
            return .object([])
        }
    }

    @Sendable private func logBatch(_ call: MLflowCall) async throws -> JSONText {
        let fields = call.fields
        let id = try fields.runID
        let messages = try fields.messages("metrics")
        let params = try fields.tags("params")
        let tags = try fields.tags("tags")
        for (count, most, what) in [
            (messages.count, Runs.Limit.metrics, "metrics"),
            (params.count, Runs.Limit.params, "params"), (tags.count, Runs.Limit.tags, "tags"),
            (messages.count + params.count + tags.count, Runs.Limit.together, "entities"),
        ] where count > most {
            throw RegistryError.invalid(
                "A batch logging request can contain at most \(most) \(what). Got \(count) \(what). "
                    + "Please split up \(what) across multiple requests and try again."
            )
        }
        let metrics = try messages.map { try $0.metric() }
        try await runs.log(
            metrics: metrics,
            params: params,
            tags: tags,
            to: id,
            of: call.tenant
        )
        return .object([])
    }

    @Sendable private func logInputs(_ call: MLflowCall) async throws -> JSONText {
        let fields = call.fields
        let id = try fields.runID
        var datasets: [RunDataset] = []
        for input in try fields.messages("datasets") {
            guard let dataset = try input.message("dataset") else {
                throw RegistryError.invalid("Missing value for required parameter 'dataset'")
            }
            datasets.append(
                RunDataset(
                    name: try dataset.required("name"),
                    digest: try dataset.required("digest"),
                    sourceType: try dataset.required("source_type"),
                    source: try dataset.required("source"),
                    schema: try dataset.text("schema"),
                    profile: try dataset.text("profile"),
                    tags: try input.tags("tags")
                )
            )
        }
        let models = try fields.messages("models").map {
            Run.Model(id: try $0.required("model_id"), isOutput: false)
        }
        try await runs.log(datasets: datasets, models: models, to: id, of: call.tenant)
        return .object([])
    }

    private static func check(modelJSON json: String) throws(RegistryError) {
        let needed = ["artifact_path", "flavors", "utc_time_created", "run_id"]
        guard let value = try? JSONReader.read(Array(json.utf8)),
            case .object(let members) = value
        else {
            throw .invalid("Malformed model info. \n \(json.prefix(200)) \n could not be parsed")
        }
        let missing = needed.filter { members[$0] == nil }
        guard missing.isEmpty else {
            throw .invalid(
                "Model json is missing mandatory fields: \(missing.joined(separator: ", "))"
            )
        }
    }

    // MARK: History

    private func addHistory(to router: inout EndpointRouter) {
        router.on(
            .mlflow("getMetricHistory", .get, "metrics/get-history", .experimentsRead)
        ) { call in
            let fields = call.fields
            let wanted = try fields.integer("max_results")
            guard wanted ?? 1 > 0 else {
                throw RegistryError.invalid(
                    "Invalid value \(wanted ?? 0) for parameter 'max_results' supplied. It must be at "
                        + "least 1"
                )
            }
            let (metrics, next) = try await runs.history(
                of: fields.required("metric_key"),
                in: fields.runID,
                of: call.tenant,
                limit: min(Int(clamping: wanted ?? Int64.max), Self.historyPage),
                token: fields.text("page_token")
            )
            var members: [(key: String, value: JSONText)] = []
            if !metrics.isEmpty { members.append(("metrics", .array(metrics.map(\.json)))) }
            if let next { members.append(("next_page_token", .string(next))) }
            return .object(members)
        }
        router.on(
            .mlflow(
                "getSampledMetricHistory",
                .get,
                "metrics/get-history-bulk-interval",
                .experimentsRead
            )
        ) { call in
            let fields = call.fields
            let ids = try fields.texts("run_ids")
            guard (1...100).contains(ids.count) else {
                throw RegistryError.invalid(
                    "GetMetricHistoryBulkInterval request must specify at least one run_id and at "
                        + "most 100."
                )
            }
            let first = try fields.integer("start_step") ?? Int64.min
            let last = try fields.integer("end_step") ?? Int64.max
            guard first <= last else {
                throw RegistryError.invalid("end_step must be greater than start_step.")
            }
            let metrics = try await runs.sampledHistory(
                of: fields.required("metric_key"),
                in: ids,
                of: call.tenant,
                steps: first...last,
                limit: fields.limit(default: 320, most: 2500)
            )
            return metrics.isEmpty
                ? .object([]) : .object([("metrics", .array(metrics.map(\.json)))])
        }
    }
}

extension MLflowFields {
    /// Which run: clients before 1.0 call it `run_uuid`.
    fileprivate var runID: String {
        get throws(RegistryError) {
            if let id = try text("run_id"), !id.isEmpty { return id }
            guard let id = try text("run_uuid"), !id.isEmpty else { return try required("run_id") }
            return id
        }
    }

    fileprivate func metric() throws(RegistryError) -> RunMetric {
        RunMetric(
            key: try required("key"),
            value: try real("value"),
            at: try requiredInteger("timestamp"),
            step: try integer("step") ?? 0,
            modelID: try text("model_id") ?? "",
            datasetName: try text("dataset_name") ?? "",
            datasetDigest: try text("dataset_digest") ?? ""
        )
    }
}
