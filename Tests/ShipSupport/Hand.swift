import FleetModel
import FleetRuntime
import Synchronization

/// A hand on the clock of a store.
package final class Hand: Sendable {
    private let moment: Mutex<Timestamp>

    package init(at start: Timestamp) {
        moment = Mutex(start)
    }

    package var now: Timestamp { moment.withLock { $0 } }
    package var clock: WallClock { WallClock { [self] in now } }

    package func move(_ duration: Duration) { moment.withLock { $0 = $0 + duration } }
}
