import FleetModel
import FleetRuntime
import Synchronization

/// A hand on the clock of a store.
final class Hand: Sendable {
    private let moment = Mutex(Aboard.now)

    var now: Timestamp { moment.withLock { $0 } }
    var clock: WallClock { WallClock { [self] in now } }

    func move(_ duration: Duration) { moment.withLock { $0 = $0 + duration } }
}
