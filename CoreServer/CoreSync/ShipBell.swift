import FleetModel
import Synchronization

/// Ships with an open session for which something was asked meanwhile, on whichever replica.
///
/// The database says so on a channel. A message that is lost between two connections to the database
/// is made good by couriers, which look now and then without having been rung for.
package final class ShipBell: Sendable {
    private struct Place {
        /// An old one may not have ended yet.
        var sessions = 0
        var hasRung = false
    }

    private let places = Mutex<[ShipIdentity: Place]>([:])

    package init() {}

    /// - Parameter payload: a ship's URI, as `Wants.ask` sends it.
    package func note(_ payload: String) {
        guard let identity = ShipIdentity(uri: payload) else { return }
        // Others' sessions are with other replicas, or to come.
        places.withLock { $0[identity]?.hasRung = true }
    }

    /// From now on it rings for this ship.
    func attach(_ identity: ShipIdentity) {
        places.withLock { $0[identity, default: Place()].sessions += 1 }
    }

    func detach(_ identity: ShipIdentity) {
        places.withLock { places in
            places[identity]?.sessions -= 1
            if places[identity]?.sessions == 0 { places[identity] = nil }
        }
    }

    /// Whether it rang since this was asked last.
    func take(_ identity: ShipIdentity) -> Bool {
        places.withLock { places in
            guard places[identity]?.hasRung == true else { return false }
            places[identity]?.hasRung = false
            return true
        }
    }
}
