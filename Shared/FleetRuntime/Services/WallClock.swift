import FleetModel
import Glibc

/// Where the time of day comes from: passed in, never fetched, so that a test can set it.
///
/// It may jump when somebody sets the machine's clock. Measure durations with a `Clock`.
package struct WallClock: Sendable {
    /// The present moment.
    package let now: @Sendable () -> Timestamp

    package init(now: @escaping @Sendable () -> Timestamp) {
        self.now = now
    }

    /// The machine's clock.
    package static let system = WallClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// A clock that stands still, for tests.
    package static func fixed(_ moment: Timestamp) -> WallClock {
        WallClock { moment }
    }
}
