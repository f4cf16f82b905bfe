import CoreDomain
import CoreRegistry
import FleetRuntime
import HTTPTypes

/// MLflow's calls about logged models.
struct LoggedModelRoutes: Sendable {
    let models: LoggedModels
    let clock: WallClock

    func add(to router: inout EndpointRouter) {
        router.on(.mlflow("createLoggedModel", .post, "logged-models", .experimentsWrite)) {
            call in
            let fields = call.fields
            let model = try await models.create(
                in: fields.required("experiment_id"),
                name: fields.text("name"),
                modelType: fields.text("model_type") ?? "",
                sourceRunID: fields.text("source_run_id"),
                params: fields.tags("params"),
                tags: fields.tags("tags"),
                call.act(at: clock.now())
            )
            return .object([("model", model.json)])
        }
        router.on(.mlflow("getLoggedModel", .get, "logged-models/{model}", .experimentsRead)) {
            call in
            let model = try await models.find(
                call.context.name("model"),
                of: call.tenant,
                allowsDeleted: call.fields.flag("allow_deleted")
            )
            return .object([("model", model.json)])
        }
        router.on(
            .mlflow("finalizeLoggedModel", .patch, "logged-models/{model}", .experimentsWrite)
        ) { call in
            let status: LoggedModel.Status? = try call.fields.choice("status", word: \.word)
            guard let status else {
                throw RegistryError.invalid("Missing value for required parameter 'status'")
            }
            let model = try await models.finalize(
                call.context.name("model"),
                as: status,
                call.act(at: clock.now())
            )
            return .object([("model", model.json)])
        }
        router.on(
            .mlflow("deleteLoggedModel", .delete, "logged-models/{model}", .experimentsWrite)
        ) { call in
            try await models.delete(call.context.name("model"), call.act(at: clock.now()))
            return .object([])
        }
        router.on(
            .mlflow(
                "searchLoggedModels",
                .post,
                "logged-models/search",
                .experimentsRead,
                changesSomething: false
            ),
            answer: search
        )
        router.on(
            .mlflow(
                "setLoggedModelTags",
                .patch,
                "logged-models/{model}/tags",
                .experimentsWrite
            )
        ) { call in
            try await models.setTags(
                call.fields.tags("tags"),
                on: call.context.name("model"),
                call.act(at: clock.now())
            )
            return .object([])
        }
        router.on(
            .mlflow(
                "deleteLoggedModelTag",
                .delete,
                "logged-models/{model}/tags/{key}",
                .experimentsWrite
            )
        ) { call in
            try await models.deleteTag(
                call.context.name("key").percentDecoded ?? "",
                of: call.context.name("model"),
                call.act(at: clock.now())
            )
            return .object([])
        }
        router.on(
            .mlflow(
                "logLoggedModelParams",
                .post,
                "logged-models/{model}/params",
                .experimentsWrite
            )
        ) { call in
            try await models.setParams(
                call.fields.tags("params"),
                on: call.context.name("model"),
                call.act(at: clock.now())
            )
            return .object([])
        }
    }

    @Sendable private func search(_ call: MLflowCall) async throws -> JSONText {
        let fields = call.fields
        var order: [LoggedModels.Order] = []
        for term in try fields.messages("order_by") {
            order.append(
                LoggedModels.Order(
                    field: try term.required("field_name"),
                    isAscending: term.has("ascending") ? try term.flag("ascending") : true
                )
            )
        }
        let page = try await models.search(
            in: fields.texts("experiment_ids"),
            of: call.tenant,
            filter: fields.text("filter"),
            order: order,
            limit: fields.limit(default: 50, most: 1000),
            token: fields.text("page_token")
        )
        return page.json("models", \.json)
    }
}
