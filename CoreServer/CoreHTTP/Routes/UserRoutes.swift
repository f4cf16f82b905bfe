import CoreDomain
import FleetRuntime
import Hummingbird

/// People and service accounts, and the caller's own.
struct UserRoutes: Sendable {
    private static let members: Set<String> = [
        "display_name", "email", "oidc_issuer", "oidc_subject", "disabled",
    ]

    let users: Users
    let tenants: Tenants
    let clock: WallClock

    func add(to router: inout EndpointRouter) {
        router.on(.me, use: me)
        router.on(.listUsers, use: page)
        router.on(.createUser, use: create)
        router.on(.getUser, use: one)
        router.on(.changeUser, use: change)
        router.on(.deleteUser, use: delete)
    }

    @Sendable private func me(_ request: Request, _ context: APIContext) async throws -> Response {
        let caller = try context.caller
        let tenant = try await tenants.name(of: caller.tenant)
        let home =
            caller.home == caller.tenant ? tenant : try await tenants.name(of: caller.home)
        return MeFormat.json(caller, tenant: tenant, home: home).response
    }

    @Sendable private func page(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let query = RequestQuery(request)
        return try ThingAnswer.page(
            try await users.page(
                of: context.caller.tenant,
                kind: query.choice("kind"),
                isDisabled: query.flag("disabled"),
                after: query.word("cursor"),
                limit: query.limit()
            )
        )
    }

    @Sendable private func one(_ request: Request, _ context: APIContext) async throws -> Response {
        try ThingAnswer.one(
            try await users.find(context.name("user"), of: context.caller.tenant)
        )
    }

    @Sendable private func create(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let body = try await JSONBody(
            request,
            context,
            members: Self.members.union(["name", "kind"])
        )
        let name = try body.required("name", body.text)
        var details = UserDetails(displayName: name)
        try Self.edit(&details, body)
        let user = try await users.create(
            name,
            kind: body.word("kind") ?? .person,
            details,
            context.act(request, at: clock.now())
        )
        return try ThingAnswer.created(user, request)
    }

    @Sendable private func change(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let match = try request.versionMatch()
        let body = try await JSONBody(request, context, members: Self.members)
        let user = try await users.change(
            context.name("user"),
            match,
            context.act(request, at: clock.now())
        ) { try Self.edit(&$0, body) }
        return try ThingAnswer.one(user)
    }

    private static func edit(_ details: inout UserDetails, _ body: JSONBody) throws {
        if let name = try body.text("display_name") { details.displayName = name }
        if body.has("email") { details.email = try body.text("email") }
        if body.has("oidc_issuer") { details.oidcIssuer = try body.text("oidc_issuer") }
        if body.has("oidc_subject") { details.oidcSubject = try body.text("oidc_subject") }
        if let isDisabled = try body.flag("disabled") { details.isDisabled = isDisabled }
    }

    @Sendable private func delete(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        try await users.delete(
            context.name("user"),
            request.versionMatch(),
            context.act(request, at: clock.now())
        )
        return Response(status: .noContent)
    }
}
