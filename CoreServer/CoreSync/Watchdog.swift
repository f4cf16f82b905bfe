import Synchronization

/// Ends something that shows no life for too long.
final class Watchdog: Sendable {
    private struct State {
        var deadline: ContinuousClock.Instant
        var isStopped = false
    }

    private let state: Mutex<State>

    init(limit: Duration) {
        state = Mutex(State(deadline: .now + limit))
    }

    /// Life was seen: the deadline is `limit` from now.
    func extend(to limit: Duration) {
        state.withLock { $0.deadline = .now + limit }
    }

    func stop() {
        state.withLock { $0.isStopped = true }
    }

    /// Returns after `stop()`, or after it called `expired` at the deadline.
    func run(_ expired: () async -> Void) async {
        while true {
            let (deadline, isStopped) = state.withLock { ($0.deadline, $0.isStopped) }
            if isStopped { return }
            let now = ContinuousClock.now
            if now >= deadline {
                await expired()
                return
            }
            try? await Task.sleep(for: min(deadline - now, .seconds(1)))
        }
    }
}
