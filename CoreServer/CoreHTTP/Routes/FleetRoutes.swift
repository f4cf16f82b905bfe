import CoreDomain
import FleetRuntime
import Hummingbird

/// Fleets by their labels.
struct FleetRoutes: Sendable {
    private static let members: Set<String> = ["description", "selector"]

    let fleets: Fleets
    let ships: Ships
    let clock: WallClock

    func add(to router: inout EndpointRouter) {
        router.on(.listFleets, use: page)
        router.on(.createFleet, use: create)
        router.on(.getFleet, use: one)
        router.on(.changeFleet, use: change)
        router.on(.deleteFleet, use: delete)
        router.on(.listShipsOfFleet, use: shipsOfFleet)
    }

    @Sendable private func page(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let query = RequestQuery(request)
        return try ThingAnswer.page(
            try await fleets.page(
                of: context.caller.tenant,
                after: query.word("cursor"),
                limit: query.limit()
            )
        )
    }

    @Sendable private func one(_ request: Request, _ context: APIContext) async throws -> Response {
        try ThingAnswer.one(
            try await fleets.find(context.name("fleet"), of: context.caller.tenant)
        )
    }

    @Sendable private func shipsOfFleet(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let query = RequestQuery(request)
        let caller = try context.caller
        var filter = Ships.Filter()
        filter.selector = try await fleets.selector(context.name("fleet"), for: caller)
        return try ThingAnswer.page(
            try await ships.page(
                of: caller.tenant,
                visible: context.visible,
                filter,
                after: query.word("cursor"),
                limit: query.limit()
            )
        )
    }

    @Sendable private func create(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let body = try await JSONBody(request, context, members: Self.members.union(["name"]))
        var details = FleetDetails(selector: try body.required("selector", body.selector))
        try Self.edit(&details, body)
        let fleet = try await fleets.create(
            body.required("name", body.text),
            details,
            context.act(request, at: clock.now())
        )
        return try ThingAnswer.created(fleet, request)
    }

    @Sendable private func change(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let match = try request.versionMatch()
        let body = try await JSONBody(request, context, members: Self.members)
        let fleet = try await fleets.change(
            context.name("fleet"),
            match,
            context.act(request, at: clock.now())
        ) { try Self.edit(&$0, body) }
        return try ThingAnswer.one(fleet)
    }

    private static func edit(_ details: inout FleetDetails, _ body: JSONBody) throws {
        if let text = try body.text("description") { details.description = text }
        if let selector = try body.selector("selector") { details.selector = selector }
    }

    @Sendable private func delete(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        try await fleets.delete(
            context.name("fleet"),
            request.versionMatch(),
            context.act(request, at: clock.now())
        )
        return Response(status: .noContent)
    }
}
