import Crypto
import FleetModel
import Synchronization

/// Who tokens belong to, for a moment: a request costs no transaction of its own only to ask that
/// again. What is revoked here holds everywhere within `freshness`.
package final class PrincipalCache: Sendable {
    package static let freshness = Duration.seconds(2)
    /// About a kilobyte each.
    private static let limit = 10_000

    private struct Entry {
        let principal: Principal
        let until: ContinuousClock.Instant
    }

    /// By the token's SHA-256: the token itself is kept nowhere.
    private let entries = Mutex<[[UInt8]: Entry]>([:])

    package init() {}

    /// - Parameter read: proves it from the database; what it throws is remembered nowhere.
    package func principal(
        for token: String,
        _ read: () async throws -> Principal
    ) async throws -> Principal {
        let key = Array(SHA256.hash(data: Array(token.utf8)))
        let now = ContinuousClock.now
        let known = entries.withLock { $0[key] }
        if let known, known.until > now { return known.principal }
        let principal = try await read()
        entries.withLock { entries in
            if entries.count >= Self.limit { entries = entries.filter { $0.value.until > now } }
            if entries.count >= Self.limit { entries = [:] }
            // From before it was read: what was revoked meanwhile is not good for longer.
            entries[key] = Entry(principal: principal, until: now + Self.freshness)
        }
        return principal
    }
}
