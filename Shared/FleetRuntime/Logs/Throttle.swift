import Logging
import Synchronization

/// Lets a log line through at most once per interval, and says how many it held back.
///
/// One throttle belongs to one log statement. A link that is down for a week then costs a line an
/// hour instead of filling the disk.
package final class Throttle: Sendable {
    private struct State {
        var lastAdmitted: ContinuousClock.Instant?
        var suppressed = 0
    }

    private let interval: Duration
    private let state = Mutex(State())

    package init(every interval: Duration) {
        precondition(interval > .zero, "a throttle needs an interval")
        self.interval = interval
    }

    /// Asks to write a line now.
    ///
    /// - Returns: how many were held back since the last one, or `nil` to keep silent.
    package func admit(at now: ContinuousClock.Instant = .now) -> Int? {
        state.withLock { state in
            if let last = state.lastAdmitted, now < last.advanced(by: interval) {
                state.suppressed += 1
                return nil
            }
            defer { state.suppressed = 0 }
            state.lastAdmitted = now
            return state.suppressed
        }
    }

    /// Writes the line if it may; `suppressed=` tells how many like it were not written.
    package func log(
        _ logger: Logger,
        _ level: Logger.Level,
        _ message: @autoclosure () -> Logger.Message,
        metadata: @autoclosure () -> Logger.Metadata = [:],
        at now: ContinuousClock.Instant = .now
    ) {
        // A level nobody reads must not use up the interval.
        guard logger.logLevel <= level, let suppressed = admit(at: now) else { return }
        var metadata = metadata()
        if suppressed > 0 { metadata[LogKey.suppressed] = .stringConvertible(suppressed) }
        logger.log(level: level, message(), metadata: metadata)
    }
}
