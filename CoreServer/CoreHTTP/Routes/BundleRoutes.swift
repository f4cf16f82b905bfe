import CoreDomain
import CoreRegistry
import FleetRuntime
import HTTPTypes
import Hummingbird
import NIOCore

/// Trees of files with versions, beside models.
struct BundleRoutes: Sendable {
    private static let members: Set<String> = ["description", "schema", "schema_files"]

    let bundles: Bundles
    let artifacts: Artifacts
    let clock: WallClock

    func add(to router: inout EndpointRouter) {
        router.on(.listBundles, use: page)
        router.on(.createBundle, use: create)
        router.on(.getBundle, use: one)
        router.on(.patchBundle, use: change)
        router.on(.createBundleVersion, use: createVersion)
        router.on(.uploadBundleVersion, use: upload)
        router.on(.getBundleFile, use: file)
    }

    @Sendable private func page(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let query = RequestQuery(request)
        return try ThingAnswer.page(
            try await bundles.page(
                of: context.caller.tenant,
                after: query.word("cursor"),
                limit: query.limit()
            )
        )
    }

    @Sendable private func one(_ request: Request, _ context: APIContext) async throws -> Response {
        try ThingAnswer.one(
            try await bundles.find(context.decodedName("bundle"), of: context.caller.tenant)
        )
    }

    private static func details(_ body: JSONBody) throws -> BundleDetails {
        BundleDetails(
            description: try body.text("description"),
            schema: body.value("schema"),
            schemaFiles: try body.text("schema_files")
        )
    }

    @Sendable private func create(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let body = try await JSONBody(request, context, members: Self.members.union(["name"]))
        let bundle = try await bundles.create(
            body.required("name", body.text),
            Self.details(body),
            context.act(request, at: clock.now())
        )
        return try ThingAnswer.created(bundle, request)
    }

    @Sendable private func change(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let match = try request.versionMatch()
        let body = try await JSONBody(request, context, members: Self.members)
        return try ThingAnswer.one(
            try await bundles.change(
                context.decodedName("bundle"),
                match,
                Self.details(body),
                context.act(request, at: clock.now())
            )
        )
    }

    @Sendable private func createVersion(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let body = try await JSONBody(
            request,
            context,
            members: ["source", "description", "tags"]
        )
        var tags: [RegistryTag] = []
        if case .object(let members)? = body.value("tags") {
            for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                guard case .string(let text) = value else {
                    throw DomainError(.invalid, "'tags' is an object of texts")
                }
                tags.append(RegistryTag(key: key, value: text))
            }
        } else if body.has("tags") {
            throw DomainError(.invalid, "'tags' is an object of texts")
        }
        let made = try await bundles.createVersion(
            of: context.decodedName("bundle"),
            from: body.required("source", body.text),
            description: body.text("description") ?? "",
            tags: tags,
            context.act(request, at: clock.now())
        )
        return Self.answer(made)
    }

    private static func answer(_ made: ModelVersion) -> Response {
        var response = ThingAnswer.json(
            JSONText.object([
                ("bundle", .string(made.name)), ("version", .integer(made.version)),
                ("storage_location", .string(made.storageLocation)),
            ]).text
        )
        response.status = .created
        return response
    }

    @Sendable private func upload(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let type = request.headers[.contentType]?.split(separator: ";").first ?? ""
        guard type.lowercased().filter({ $0 != " " }) == "application/x-tar" else {
            throw DomainError(
                .unsupportedMediaType,
                "the body is application/x-tar, not compressed"
            )
        }
        return Self.answer(
            try await bundles.createVersion(
                of: context.decodedName("bundle"),
                tar: request.body.map { Array(buffer: $0) },
                description: RequestQuery(request).word("description") ?? "",
                context.act(request, at: clock.now())
            )
        )
    }

    @Sendable private func file(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let tenant = try context.caller.tenant
        guard let path = try RequestQuery(request).word("path") else {
            throw DomainError(.invalid, "'path' is needed: of a file as the manifest names it")
        }
        let download = try await bundles.open(
            path,
            of: context.decodedName("bundle"),
            context.number("version"),
            in: tenant
        )
        return try await ArtifactAnswer.of(
            download,
            named: path.split(separator: "/").last.map(String.init) ?? path,
            to: request,
            context,
            tenant,
            artifacts
        )
    }
}
