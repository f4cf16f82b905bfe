import CoreDomain
import CoreRegistry
import FleetRuntime
import HTTPTypes

/// MLflow's calls about registered models.
struct ModelRoutes: Sendable {
    let models: RegisteredModels
    let versions: ModelVersions
    let clock: WallClock

    func add(to router: inout EndpointRouter) {
        let path = "registered-models/"
        router.on(.mlflow("createRegisteredModel", .post, path + "create", .modelsWrite)) { call in
            let model = try await models.create(
                call.fields.required("name"),
                description: call.fields.text("description") ?? "",
                tags: call.fields.tags("tags"),
                call.act(at: clock.now())
            )
            return .object([("registered_model", model.json)])
        }
        router.on(.mlflow("getRegisteredModel", .get, path + "get", .modelsRead)) { call in
            let model = try await models.find(call.fields.required("name"), of: call.tenant)
            return .object([("registered_model", model.json)])
        }
        router.on(.mlflow("searchRegisteredModels", .get, path + "search", .modelsRead)) { call in
            let fields = call.fields
            let page = try await models.search(
                of: call.tenant,
                filter: fields.text("filter"),
                order: fields.texts("order_by"),
                limit: fields.limit(default: 100, most: 1000),
                token: fields.text("page_token")
            )
            return page.json("registered_models", \.json)
        }
        router.on(.mlflow("updateRegisteredModel", .patch, path + "update", .modelsWrite)) { call in
            let model = try await models.describe(
                call.fields.required("name"),
                as: call.fields.text("description") ?? "",
                call.act(at: clock.now())
            )
            return .object([("registered_model", model.json)])
        }
        router.on(.mlflow("renameRegisteredModel", .post, path + "rename", .modelsWrite)) { call in
            let model = try await models.rename(
                call.fields.required("name"),
                to: call.fields.required("new_name"),
                call.act(at: clock.now())
            )
            return .object([("registered_model", model.json)])
        }
        router.on(.mlflow("deleteRegisteredModel", .delete, path + "delete", .modelsWrite)) {
            call in
            try await models.delete(call.fields.required("name"), call.act(at: clock.now()))
            return .object([])
        }
        let latest = path + "get-latest-versions"
        router.on(.mlflow("getLatestVersions", .get, latest, .modelsRead), answer: latestVersions)
        router.on(
            .mlflow(
                "postLatestVersions",
                .post,
                latest,
                .modelsRead,
                changesSomething: false
            ),
            answer: latestVersions
        )
        addTags(path, to: &router)
        addAliases(path, to: &router)
    }

    @Sendable private func latestVersions(_ call: MLflowCall) async throws -> JSONText {
        var stages: [ModelStage] = []
        for word in try call.fields.texts("stages") { stages.append(try ModelStage(word: word)) }
        let found = try await models.latest(
            of: call.fields.required("name"),
            stages: stages,
            in: call.tenant
        )
        return found.isEmpty
            ? .object([]) : .object([("model_versions", .array(found.map(\.json)))])
    }

    private func addTags(_ path: String, to router: inout EndpointRouter) {
        router.on(.mlflow("setRegisteredModelTag", .post, path + "set-tag", .modelsWrite)) { call in
            try await models.setTag(
                RegistryTag(
                    key: call.fields.required("key"),
                    value: call.fields.text("value") ?? ""
                ),
                on: call.fields.required("name"),
                call.act(at: clock.now())
            )
            return .object([])
        }
        router.on(.mlflow("deleteRegisteredModelTag", .delete, path + "delete-tag", .modelsWrite)) {
            call in
            try await models.deleteTag(
                call.fields.required("key"),
                of: call.fields.required("name"),
                call.act(at: clock.now())
            )
            return .object([])
        }
    }

    private func addAliases(_ path: String, to router: inout EndpointRouter) {
        router.on(.mlflow("setModelAlias", .post, path + "alias", .modelsPromote)) { call in
            try await versions.setAlias(
                call.fields.required("alias"),
                of: call.fields.required("name"),
                to: call.fields.required("version"),
                call.act(at: clock.now())
            )
            return .object([])
        }
        router.on(.mlflow("deleteModelAlias", .delete, path + "alias", .modelsPromote)) { call in
            try await versions.deleteAlias(
                call.fields.required("alias"),
                of: call.fields.required("name"),
                call.act(at: clock.now())
            )
            return .object([])
        }
        router.on(.mlflow("getVersionByAlias", .get, path + "alias", .modelsRead)) { call in
            let version = try await versions.find(
                call.fields.required("name"),
                alias: call.fields.required("alias"),
                of: call.tenant
            )
            return .object([("model_version", version.json)])
        }
    }
}
