import CoreDomain
import FleetModel
import FleetRuntime
import HTTPTypes
import Hummingbird

/// How a ship's clock went.
struct ClockRoutes: Sendable {
    let ships: Ships
    let clocks: ShipClocks
    let clock: WallClock

    func add(to router: RouterGroup<APIContext>) {
        router.get("ships/{ship}/clock", use: readings)
    }

    /// `limit` (1 to 1,000), `before` (a moment; an answer's `next`); the newest first.
    @Sendable private func readings(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let query = RequestQuery(request)
        let limit = try query.count("limit", default: 100, limit: ShipClocks.longestPage)
        let before = try query.moment("before") ?? clock.now() + .seconds(1)
        let ship = try await ships.find(
            tenant: context.caller.tenant,
            name: context.parameters.require("ship")
        )
        let readings = try await clocks.readings(
            of: ship.identity,
            before: before,
            limit: limit
        )
        let isFull = readings.count == limit
        return JSONText.object([
            ("ship", .string(ship.name)),
            (
                "readings",
                .array(
                    readings.map { reading in
                        .object([
                            ("noted_at", .string("\(reading.notedAt)")),
                            ("offset_ms", .integer(reading.offset)),
                        ])
                    }
                )
            ),
            ("next", isFull ? readings.last.map { .string("\($0.notedAt)") } ?? .null : .null),
        ]).response
    }
}
