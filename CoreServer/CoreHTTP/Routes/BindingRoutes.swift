import CoreDomain
import FleetRuntime
import Hummingbird

/// Who has which role over what.
struct BindingRoutes: Sendable {
    private static let members: Set<String> = ["role", "valid_until", "reason"]

    let bindings: Bindings
    let clock: WallClock

    func add(to router: inout EndpointRouter) {
        router.on(.listBindings, use: page)
        router.on(.createBinding, use: create)
        router.on(.getBinding, use: one)
        router.on(.changeBinding, use: change)
        router.on(.deleteBinding, use: delete)
    }

    @Sendable private func page(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let query = RequestQuery(request)
        let filter = Bindings.Filter(
            user: try query.word("user"),
            role: try query.choice("role"),
            fleet: try query.word("fleet"),
            ship: try query.word("ship")
        )
        return try ThingAnswer.page(
            try await bindings.page(
                of: context.caller.tenant,
                filter,
                after: query.numberCursor(),
                limit: query.limit()
            )
        )
    }

    @Sendable private func one(_ request: Request, _ context: APIContext) async throws -> Response {
        try ThingAnswer.one(
            try await bindings.find(context.number("binding"), of: context.caller.tenant)
        )
    }

    @Sendable private func create(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let body = try await JSONBody(
            request,
            context,
            members: Self.members.union(["user", "fleet", "ship", "valid_from"])
        )
        var details = BindingDetails(role: try body.required("role", body.word))
        try Self.edit(&details, body)
        let binding = try await bindings.create(
            user: body.required("user", body.text),
            over: Bindings.Place(fleet: body.text("fleet"), ship: body.text("ship")),
            from: body.moment("valid_from"),
            details,
            context.act(request, at: clock.now())
        )
        return try ThingAnswer.created(binding, request)
    }

    @Sendable private func change(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let match = try request.versionMatch()
        let body = try await JSONBody(request, context, members: Self.members)
        let binding = try await bindings.change(
            context.number("binding"),
            match,
            context.act(request, at: clock.now())
        ) { try Self.edit(&$0, body) }
        return try ThingAnswer.one(binding)
    }

    private static func edit(_ details: inout BindingDetails, _ body: JSONBody) throws {
        if let role: Role = try body.word("role") { details.role = role }
        if body.has("valid_until") { details.validUntil = try body.moment("valid_until") }
        if let reason = try body.text("reason") { details.reason = reason }
    }

    @Sendable private func delete(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        try await bindings.delete(
            context.number("binding"),
            request.versionMatch(),
            context.act(request, at: clock.now())
        )
        return Response(status: .noContent)
    }
}
