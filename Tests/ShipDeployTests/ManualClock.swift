import FleetModel
import ShipDeploy
import Synchronization

/// All the clocks of a ship, in the hands of a test.
final class ManualClock: Sendable {
    private let moment = Mutex(
        Moment(wall: Timestamp(seconds: 1_795_262_400), boot: "first", uptime: 1_000_000)
    )

    var clock: ShipClock { ShipClock { self.now } }

    var now: Moment { moment.withLock { $0 } }

    /// Time passes.
    func pass(_ seconds: Int64) {
        moment.withLock { moment in
            moment = Moment(
                wall: moment.wall + .seconds(seconds),
                boot: moment.boot,
                uptime: moment.uptime + seconds * 1000
            )
        }
    }

    /// Somebody sets the time of day.
    func set(by seconds: Int64) {
        moment.withLock { moment in
            moment = Moment(
                wall: moment.wall + .seconds(seconds),
                boot: moment.boot,
                uptime: moment.uptime
            )
        }
    }

    /// The machine was off for so long, as its clock tells it, and started a second ago.
    func restart(after seconds: Int64, as boot: String) {
        moment.withLock { moment in
            moment = Moment(wall: moment.wall + .seconds(seconds), boot: boot, uptime: 1000)
        }
    }
}
