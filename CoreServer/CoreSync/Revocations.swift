import CoreDomain
import FleetModel
import Synchronization

/// Ships that were revoked while this server runs: asked at every frame, so it costs no query.
///
/// The database says so on a channel; the commit transaction asks the tables as well, so that a
/// message lost between two connections to the database is made good.
package final class Revocations: Sendable {
    private let revoked = Mutex<Set<ShipIdentity>>([])

    package init() {}

    /// - Parameter payload: a ship's URI, as `Ships.revoke` sends it.
    package func note(_ payload: String) {
        guard let identity = ShipIdentity(uri: payload) else { return }
        _ = revoked.withLock { $0.insert(identity) }
    }

    func contains(_ identity: ShipIdentity) -> Bool {
        revoked.withLock { $0.contains(identity) }
    }
}
