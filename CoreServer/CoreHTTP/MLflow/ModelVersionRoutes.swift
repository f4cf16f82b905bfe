import CoreDomain
import CoreRegistry
import FleetRuntime
import HTTPTypes

/// MLflow's calls about versions of models.
struct ModelVersionRoutes: Sendable {
    let versions: ModelVersions
    let clock: WallClock

    func add(to router: inout EndpointRouter) {
        let path = "model-versions/"
        router.on(.mlflow("createModelVersion", .post, path + "create", .modelsWrite)) { call in
            let fields = call.fields
            let name = try fields.required("name")
            let version = try await versions.create(
                of: name,
                ModelVersions.Details(
                    source: fields.required("source"),
                    runID: fields.text("run_id") ?? "",
                    modelID: fields.text("model_id") ?? "",
                    runLink: fields.text("run_link") ?? "",
                    description: fields.text("description") ?? "",
                    tags: fields.tags("tags")
                ),
                call.act(at: clock.now())
            )
            return .object([("model_version", version.json)])
        }
        router.on(.mlflow("getModelVersion", .get, path + "get", .modelsRead)) { call in
            let version = try await versions.find(
                call.fields.required("name"),
                call.fields.required("version"),
                of: call.tenant
            )
            return .object([("model_version", version.json)])
        }
        router.on(.mlflow("searchModelVersions", .get, path + "search", .modelsRead)) { call in
            let fields = call.fields
            let page = try await versions.search(
                of: call.tenant,
                filter: fields.text("filter"),
                order: fields.texts("order_by"),
                limit: fields.limit(default: 10_000, most: 200_000),
                token: fields.text("page_token")
            )
            return page.json("model_versions", \.json)
        }
        router.on(
            .mlflow("getModelVersionDownloadURI", .get, path + "get-download-uri", .modelsRead)
        ) { call in
            let version = try await versions.find(
                call.fields.required("name"),
                call.fields.required("version"),
                of: call.tenant
            )
            return .object([("artifact_uri", .string(version.storageLocation))])
        }
        router.on(.mlflow("updateModelVersion", .patch, path + "update", .modelsWrite)) { call in
            let version = try await versions.describe(
                call.fields.required("name"),
                call.fields.required("version"),
                as: call.fields.text("description") ?? "",
                call.act(at: clock.now())
            )
            return .object([("model_version", version.json)])
        }
        router.on(
            .mlflow("transitionModelVersion", .post, path + "transition-stage", .modelsPromote)
        ) { call in
            let fields = call.fields
            let version = try await versions.move(
                fields.required("name"),
                fields.required("version"),
                to: ModelStage(word: fields.required("stage")),
                archivesOthers: fields.flag("archive_existing_versions"),
                call.act(at: clock.now())
            )
            return .object([("model_version", version.json)])
        }
        router.on(.mlflow("deleteModelVersion", .delete, path + "delete", .modelsWrite)) { call in
            try await versions.delete(
                call.fields.required("name"),
                call.fields.required("version"),
                call.act(at: clock.now())
            )
            return .object([])
        }
        router.on(.mlflow("setModelVersionTag", .post, path + "set-tag", .modelsWrite)) { call in
            try await versions.setTag(
                RegistryTag(
                    key: call.fields.required("key"),
                    value: call.fields.text("value") ?? ""
                ),
                on: call.fields.required("name"),
                call.fields.required("version"),
                call.act(at: clock.now())
            )
            return .object([])
        }
        router.on(.mlflow("deleteModelVersionTag", .delete, path + "delete-tag", .modelsWrite)) {
            call in
            try await versions.deleteTag(
                call.fields.required("key"),
                of: call.fields.required("name"),
                call.fields.required("version"),
                call.act(at: clock.now())
            )
            return .object([])
        }
    }
}
