import FleetModel
import FleetRuntime
import Glibc

/// A moment by all the clocks that a ship has.
package struct Moment: Sendable, Equatable {
    /// By the clock that people set.
    package let wall: Timestamp
    /// Changes with every start of the machine.
    package let boot: String
    /// Milliseconds since the machine started, those of its sleep too. Nobody sets it.
    package let uptime: Int64

    package init(wall: Timestamp, boot: String, uptime: Int64) {
        self.wall = wall
        self.boot = boot
        self.uptime = uptime
    }
}

/// Where moments come from: passed in, so that a test can set every clock.
package struct ShipClock: Sendable {
    package let now: @Sendable () -> Moment

    package init(now: @escaping @Sendable () -> Moment) { self.now = now }

    package static let system: ShipClock = {
        let boot =
            (try? AtomicFile.readText("/proc/sys/kernel/random/boot_id", limit: 128))?
            .split(whereSeparator: \.isWhitespace).first.map(String.init) ?? "unknown"
        return ShipClock {
            var time = timespec()
            clock_gettime(CLOCK_BOOTTIME, &time)
            return Moment(
                wall: WallClock.system.now(),
                boot: boot,
                uptime: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
            )
        }
    }()
}
