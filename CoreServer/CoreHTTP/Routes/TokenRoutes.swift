import CoreDomain
import FleetModel
import FleetRuntime
import Hummingbird

/// API tokens.
struct TokenRoutes: Sendable {
    private static let standardValidity = Duration.seconds(90 * 86_400)

    let tokens: AccessTokens
    let clock: WallClock

    func add(to router: inout EndpointRouter) {
        router.on(.listTokens, use: page)
        router.on(.createToken, use: create)
        router.on(.getToken, use: one)
        router.on(.revokeToken, use: revoke)
    }

    @Sendable private func page(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let query = RequestQuery(request)
        return try ThingAnswer.page(
            try await tokens.page(
                of: context.caller.tenant,
                user: query.word("user"),
                isRevoked: query.flag("revoked"),
                after: query.numberCursor(),
                limit: query.limit()
            )
        )
    }

    @Sendable private func one(_ request: Request, _ context: APIContext) async throws -> Response {
        try ThingAnswer.one(
            try await tokens.find(context.number("token"), of: context.caller.tenant)
        )
    }

    @Sendable private func create(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let body = try await JSONBody(
            request,
            context,
            members: ["user", "name", "scopes", "expires_at"]
        )
        let scopes = try body.texts("scopes").map { words in
            let known = words.compactMap(Permission.init(rawValue:))
            guard known.count == words.count else {
                throw DomainError(.invalid, "'scopes' are permissions: see GET /api/v1/me")
            }
            return Set(known)
        }
        let now = clock.now()
        let created = try await tokens.create(
            user: body.text("user") ?? Self.own(context),
            name: body.required("name", body.text),
            scopes: scopes,
            until: body.moment("expires_at") ?? now + Self.standardValidity,
            context.act(request, at: now)
        )
        return try ThingAnswer.created(
            created.token,
            request,
            with: [("token", created.text)]
        )
    }

    /// Whoever makes one without saying whose makes their own.
    private static func own(_ context: APIContext) throws -> String {
        let caller = try context.caller
        guard caller.home == caller.tenant else {
            throw DomainError(.invalid, "'user' is needed")
        }
        return caller.name
    }

    @Sendable private func revoke(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        try await tokens.revoke(
            context.number("token"),
            request.versionMatch(),
            context.act(request, at: clock.now())
        )
        return Response(status: .noContent)
    }
}
