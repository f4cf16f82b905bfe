import FleetModel
import FleetRuntime

extension Timestamp {
    static var now: Timestamp { WallClock.system.now() }
}
