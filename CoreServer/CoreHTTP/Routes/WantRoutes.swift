import CoreDomain
import FleetModel
import FleetRuntime
import FoundationEssentials
import HTTPTypes
import Hummingbird

/// Asks ships for raw samples that they still hold.
struct WantRoutes: Sendable {
    private static let defaultLimit = 100

    private struct Asked: Decodable {
        /// Times as in queries.
        let from: String
        let to: String
        let max_bytes: Int64
    }

    let ships: Ships
    let wants: Wants
    let clock: WallClock

    func add(to router: RouterGroup<APIContext>) {
        router.post("ships/{ship}/wants", use: ask)
        router.get("ships/{ship}/wants", use: page)
        router.get("ships/{ship}/wants/{want}", use: one)
        router.delete("ships/{ship}/wants/{want}", use: withdraw)
    }

    @Sendable private func ask(_ request: Request, _ context: APIContext) async throws -> Response {
        let caller = try context.caller
        let body = try await request.body.collect(upTo: context.maxUploadSize)
        let asked = try? JSONDecoder().decode(Asked.self, from: Data(body.readableBytesView))
        guard let asked, let from = Timestamp(parsing: asked.from),
            let to = Timestamp(parsing: asked.to)
        else {
            throw DomainError(
                .invalid,
                "the body is not {\"from\": \"2026-11-21T12:00:00Z\", \"to\": …, \"max_bytes\": 1000000}"
            )
        }
        let ship = try await ships.find(for: context)
        let want = try await wants.ask(
            ship,
            from: from,
            to: to,
            maxBytes: asked.max_bytes,
            by: caller,
            at: clock.now()
        )
        var response = WantFormat.json(want).response
        response.status = .created
        response.headers[.location] = "\(request.uri.path)/\(want.id)"
        return response
    }

    /// `limit` (1 to 1,000), `cursor` (an answer's `next`); the newest first.
    @Sendable private func page(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let query = RequestQuery(request)
        let limit = try query.count("limit", default: Self.defaultLimit, limit: Wants.longestPage)
        let before = try query.text("cursor").map { text throws(DomainError) -> Int64 in
            guard let number = Int64(text) else {
                throw DomainError(.invalid, "'cursor' is the 'next' of an earlier answer")
            }
            return number
        }
        let ship = try await ships.find(for: context)
        let found = try await wants.page(of: ship, before: before, limit: limit + 1)
        let page = found.prefix(limit)
        let next = found.count > limit ? page.last?.id : nil
        return JSONText.object([
            ("ship", .string(ship.name)),
            ("wants", .array(page.map(WantFormat.json))),
            ("next", next.map { .string("\($0)") } ?? .null),
        ]).response
    }

    @Sendable private func one(_ request: Request, _ context: APIContext) async throws -> Response {
        let ship = try await ships.find(for: context)
        return WantFormat.json(try await wants.find(Self.number(context), of: ship)).response
    }

    @Sendable private func withdraw(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let caller = try context.caller
        let ship = try await ships.find(for: context)
        try await wants.withdraw(Self.number(context), of: ship, by: caller)
        return Response(status: .noContent)
    }

    private static func number(_ context: APIContext) throws -> Int64 {
        let text = try context.parameters.require("want")
        guard let number = Int64(text) else {
            throw DomainError(.notFound, "there is no want \(text): wants have numbers")
        }
        return number
    }
}
