import CoreDomain
import CoreRegistry
import FleetRuntime
import HTTPTypes

/// MLflow's calls about experiments.
struct ExperimentRoutes: Sendable {
    let experiments: Experiments
    let clock: WallClock

    func add(to router: inout EndpointRouter) {
        let path = "experiments/"
        router.on(.mlflow("createExperiment", .post, path + "create", .experimentsWrite)) { call in
            let id = try await experiments.create(
                call.fields.required("name"),
                location: call.fields.text("artifact_location"),
                tags: call.fields.tags("tags"),
                call.act(at: clock.now())
            )
            return .object([("experiment_id", .string(id))])
        }
        router.on(.mlflow("getExperiment", .get, path + "get", .experimentsRead)) { call in
            let found = try await experiments.find(
                call.fields.required("experiment_id"),
                of: call.tenant
            )
            return .object([("experiment", found.json)])
        }
        router.on(
            .mlflow("getExperimentByName", .get, path + "get-by-name", .experimentsRead)
        ) { call in
            let found = try await experiments.find(
                name: call.fields.required("experiment_name"),
                of: call.tenant
            )
            return .object([("experiment", found.json)])
        }
        router.on(
            .mlflow(
                "searchExperiments",
                .post,
                path + "search",
                .experimentsRead,
                changesSomething: false
            ),
            answer: search
        )
        router.on(
            .mlflow("listExperiments", .get, path + "search", .experimentsRead),
            answer: search
        )
        router.on(.mlflow("updateExperiment", .post, path + "update", .experimentsWrite)) { call in
            try await experiments.rename(
                call.fields.required("experiment_id"),
                to: call.fields.required("new_name"),
                call.act(at: clock.now())
            )
            return .object([])
        }
        router.on(.mlflow("deleteExperiment", .post, path + "delete", .experimentsWrite)) { call in
            try await experiments.delete(
                call.fields.required("experiment_id"),
                call.act(at: clock.now())
            )
            return .object([])
        }
        router.on(.mlflow("restoreExperiment", .post, path + "restore", .experimentsWrite)) {
            call in
            try await experiments.restore(
                call.fields.required("experiment_id"),
                call.act(at: clock.now())
            )
            return .object([])
        }
        router.on(
            .mlflow("setExperimentTag", .post, path + "set-experiment-tag", .experimentsWrite)
        ) { call in
            try await experiments.setTag(
                RegistryTag(
                    key: call.fields.required("key"),
                    value: call.fields.text("value") ?? ""
                ),
                on: call.fields.required("experiment_id"),
                call.act(at: clock.now())
            )
            return .object([])
        }
        router.on(
            .mlflow("deleteExperimentTag", .post, path + "delete-experiment-tag", .experimentsWrite)
        ) { call in
            try await experiments.deleteTag(
                call.fields.required("key"),
                of: call.fields.required("experiment_id"),
                call.act(at: clock.now())
            )
            return .object([])
        }
    }

    @Sendable private func search(_ call: MLflowCall) async throws -> JSONText {
        let fields = call.fields
        let page = try await experiments.search(
            of: call.tenant,
            filter: fields.text("filter"),
            view: fields.choice("view_type", word: \.word) ?? .active,
            order: fields.texts("order_by"),
            limit: fields.limit(default: nil, most: 50_000),
            token: fields.text("page_token")
        )
        return page.json("experiments", \.json)
    }
}
