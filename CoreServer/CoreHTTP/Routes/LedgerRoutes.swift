import CoreDomain
import FleetModel
import FleetRuntime
import HTTPTypes
import Hummingbird

/// A ship's accounts: what it made, what is here, what was given up, and where the two disagree.
struct LedgerRoutes: Sendable {
    let ships: Ships
    let ledgers: Ledgers
    let clock: WallClock

    func add(to router: RouterGroup<APIContext>) {
        router.get("ships/{ship}/ledger", use: ledger)
    }

    @Sendable private func ledger(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let query = RequestQuery(request)
        let range = try query.range(upTo: clock.now(), length: .seconds(30 * 86_400))
        let limit = try query.count("limit", default: 100, limit: Ledgers.longestPage)
        let place = try query.text("cursor").map(Self.place)
        let ship = try await ships.find(for: context)
        let ledger = try await ledgers.ledger(of: ship, range: range, after: place, limit: limit)
        return JSONText.object([
            ("ship", .string(ship.name)),
            ("differences", .array(ledger.differences.map(LedgerFormat.difference))),
            ("lanes", .array(ledger.lanes.map(LedgerFormat.lane))),
            ("days", .array(ledger.days.map(LedgerFormat.day))),
            ("declarations", .array(ledger.declarations.map(LedgerFormat.declared))),
            ("next", ledger.next.map { .string(Self.cursor($0)) } ?? .null),
        ]).response
    }

    private static func cursor(_ place: ShipLedger.Place) -> String {
        "\(place.epoch).\(place.sequence).\(place.ordinal)"
    }

    private static func place(_ cursor: String) throws -> ShipLedger.Place {
        let parts = cursor.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let epoch = Int64(parts[0]), let sequence = Int64(parts[1]),
            let ordinal = Int32(parts[2])
        else { throw DomainError(.invalid, "'cursor' is the 'next' of an earlier answer") }
        return ShipLedger.Place(epoch: epoch, sequence: sequence, ordinal: ordinal)
    }
}
