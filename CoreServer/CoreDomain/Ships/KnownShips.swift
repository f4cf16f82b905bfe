import FleetModel
import Synchronization

/// Ships by their names, for a moment: a read of one ship costs no transaction of its own only to find
/// it. What changed elsewhere is known within `freshness`, as with `PrincipalCache`.
final class KnownShips: Sendable {
    static let freshness = Duration.seconds(2)
    /// About half a kilobyte each.
    private static let limit = 20_000

    private struct Key: Hashable {
        let tenant: TenantID
        let name: String
    }

    private struct Entry {
        let ship: Ship
        let until: ContinuousClock.Instant
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        /// Of changes that were heard of.
        var changes = 0
    }

    private let state = Mutex(State())

    /// - Parameter read: finds it in the database; what it throws is remembered nowhere.
    func ship(
        of tenant: TenantID,
        named name: String,
        _ read: () async throws -> Ship
    ) async throws -> Ship {
        let key = Key(tenant: tenant, name: name)
        let now = ContinuousClock.now
        let (known, changes) = state.withLock { ($0.entries[key], $0.changes) }
        if let known, known.until > now { return known.ship }
        let ship = try await read()
        state.withLock { state in
            // What was read before a change is not to be kept behind it.
            guard state.changes == changes else { return }
            if state.entries.count >= Self.limit {
                state.entries = state.entries.filter { $0.value.until > now }
            }
            if state.entries.count >= Self.limit { state.entries = [:] }
            state.entries[key] = Entry(ship: ship, until: now + Self.freshness)
        }
        return ship
    }

    /// Something of the ship changed.
    func forget(_ ship: Ship) {
        let key = Key(tenant: ship.identity.tenant, name: ship.name)
        state.withLock { state in
            state.entries[key] = nil
            state.changes += 1
        }
    }
}
