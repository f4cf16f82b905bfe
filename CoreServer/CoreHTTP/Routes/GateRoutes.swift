import CoreDomain
import CoreRegistry
import FleetRuntime
import Hummingbird

/// Gates before aliases.
struct GateRoutes: Sendable {
    private static let members: Set<String> = [
        "model", "target", "rules", "approvals", "approvers",
    ]

    let gates: Gates
    let clock: WallClock

    func add(to router: inout EndpointRouter) {
        router.on(.listGates, use: page)
        router.on(.createGate, use: create)
        router.on(.getGate, use: one)
        router.on(.putGate, use: change)
        router.on(.deleteGate, use: delete)
    }

    @Sendable private func page(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let query = RequestQuery(request)
        return try ThingAnswer.page(
            try await gates.page(
                of: context.caller.tenant,
                after: query.word("cursor"),
                limit: query.limit()
            )
        )
    }

    @Sendable private func one(_ request: Request, _ context: APIContext) async throws -> Response {
        try ThingAnswer.one(
            try await gates.find(context.name("gate"), of: context.caller.tenant)
        )
    }

    @Sendable private func create(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let body = try await JSONBody(request, context, members: Self.members.union(["name"]))
        let gate = try await gates.create(
            body.required("name", body.text),
            body.gate(),
            context.act(request, at: clock.now())
        )
        return try ThingAnswer.created(gate, request)
    }

    @Sendable private func change(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let match = try request.versionMatch()
        let body = try await JSONBody(request, context, members: Self.members)
        let gate = try await gates.change(
            context.name("gate"),
            match,
            body.gate(),
            context.act(request, at: clock.now())
        )
        return try ThingAnswer.one(gate)
    }

    @Sendable private func delete(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        try await gates.delete(
            context.name("gate"),
            request.versionMatch(),
            context.act(request, at: clock.now())
        )
        return Response(status: .noContent)
    }
}
