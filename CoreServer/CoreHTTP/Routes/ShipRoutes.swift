import CoreDomain
import FleetModel
import FleetRuntime
import HTTPTypes
import Hummingbird

/// The register of ships: what it says, who may enrol, who is refused.
struct ShipRoutes: Sendable {
    private static let members: Set<String> = ["class", "owner", "labels", "bearers"]
    private static let standardValidity = 7 * 86_400

    let ships: Ships
    let clock: WallClock

    func add(to router: inout EndpointRouter) {
        router.on(.listShips, use: page)
        router.on(.createShip, use: create)
        router.on(.getShip, use: one)
        router.on(.changeShip, use: change)
        router.on(.createEnrolmentToken, use: enrolmentToken)
        router.on(.revokeShip, use: revoke)
    }

    @Sendable private func page(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let query = RequestQuery(request)
        var filter = Ships.Filter()
        filter.shipClass = try query.word("class")
        filter.owner = try query.word("owner")
        filter.isRevoked = try query.flag("revoked")
        var labels: [String: String] = [:]
        for text in query.all("label") {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, labels[String(parts[0])] == nil else {
                throw DomainError(.invalid, "'label' is key:value, each key once")
            }
            labels[String(parts[0])] = String(parts[1])
        }
        filter.labels = try ShipLabels(labels)
        return try ThingAnswer.page(
            try await ships.page(
                of: context.caller.tenant,
                visible: context.visible,
                filter,
                after: query.word("cursor"),
                limit: query.limit()
            )
        )
    }

    @Sendable private func one(_ request: Request, _ context: APIContext) async throws -> Response {
        try ThingAnswer.one(try await ships.record(of: context.ship))
    }

    @Sendable private func create(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let body = try await JSONBody(
            request,
            context,
            members: Self.members.union(["name", "token_lasts_seconds"])
        )
        var details = ShipDetails()
        try Self.edit(&details, body)
        let act = try context.act(request, at: clock.now())
        let created = try await ships.create(
            tenant: act.tenant,
            name: body.required("name", body.text),
            details,
            tokenLasting: Self.validity(body),
            at: act.now,
            for: act.change
        )
        return try ThingAnswer.created(
            created.record,
            request,
            with: [
                ("enrolment_token", created.enrolmentToken),
                ("enrolment_expires_at", "\(created.expiresAt)"),
            ]
        )
    }

    private static func validity(_ body: JSONBody) throws -> Duration {
        let seconds = try body.number("token_lasts_seconds") ?? Int64(standardValidity)
        guard 1...2_592_000 ~= seconds else {
            throw DomainError(.invalid, "'token_lasts_seconds' is 1 to 2592000")
        }
        return .seconds(seconds)
    }

    @Sendable private func change(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let match = try request.versionMatch()
        let body = try await JSONBody(request, context, members: Self.members)
        let ship = try await ships.change(
            context.ship,
            match,
            context.act(request, at: clock.now())
        ) { try Self.edit(&$0, body) }
        return try ThingAnswer.one(ship)
    }

    private static func edit(_ details: inout ShipDetails, _ body: JSONBody) throws {
        if let text = try body.text("class") { details.shipClass = text }
        if let text = try body.text("owner") { details.owner = text }
        if let labels = try body.labels("labels") { details.labels = labels }
        if let bearers = try body.bearers("bearers") { details.bearers = bearers }
    }

    @Sendable private func enrolmentToken(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let body = try await JSONBody(request, context, members: ["token_lasts_seconds"])
        let validity = try Self.validity(body)
        let ship = try context.ship
        guard !ship.isRevoked else {
            throw DomainError(.conflict, "the ship is revoked: enter it under another name")
        }
        let now = clock.now()
        let text = try await ships.makeEnrolmentToken(
            for: ship,
            lasting: validity,
            at: now,
            for: context.change(request)
        )
        var response = JSONText.object([
            ("token", .string(text)), ("expires_at", .string("\(now + validity)")),
        ]).response
        response.status = .created
        return response
    }

    @Sendable private func revoke(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        try ThingAnswer.one(
            try await ships.revoke(context.ship, context.act(request, at: clock.now()))
        )
    }
}
