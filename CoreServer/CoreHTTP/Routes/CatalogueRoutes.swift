import CoreDomain
import CoreRegistry
import Hummingbird

/// Models and bundles, their versions and aliases, to look through. MLflow's own calls change them.
struct CatalogueRoutes: Sendable {
    let catalogue: ModelCatalogue

    func add(to router: inout EndpointRouter) {
        router.on(.listModels, use: models)
        router.on(.getModel, use: model)
        router.on(.listModelVersions, use: versions)
        router.on(.getModelVersion, use: version)
        router.on(.listModelAliases, use: aliases)
    }

    @Sendable private func models(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let query = RequestQuery(request)
        return try ThingAnswer.page(
            try await catalogue.models(
                of: context.caller.tenant,
                prefix: query.word("prefix") ?? "",
                kind: query.choice("kind"),
                alias: query.word("alias") ?? "",
                after: query.word("cursor"),
                limit: query.limit()
            )
        )
    }

    @Sendable private func model(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        try ThingAnswer.one(
            try await catalogue.model(context.decodedName("model"), of: context.caller.tenant)
        )
    }

    @Sendable private func versions(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let query = RequestQuery(request)
        return try ThingAnswer.page(
            try await catalogue.versions(
                of: context.decodedName("model"),
                stage: query.word("stage").map { try ModelStage(word: $0) },
                in: context.caller.tenant,
                before: query.numberCursor(),
                limit: query.limit()
            )
        )
    }

    @Sendable private func version(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        try ThingAnswer.one(
            try await catalogue.version(
                context.number("version"),
                of: context.decodedName("model"),
                in: context.caller.tenant
            )
        )
    }

    @Sendable private func aliases(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let query = RequestQuery(request)
        return try ThingAnswer.page(
            try await catalogue.aliases(
                of: context.decodedName("model"),
                in: context.caller.tenant,
                after: query.word("cursor"),
                limit: query.limit()
            )
        )
    }
}
