import FleetModel
import FleetRuntime
import Synchronization

/// A clock that moves only when a test says so.
package final class VirtualClock: Clock {
    /// A moment, counted from the clock's creation.
    package struct Instant: InstantProtocol {
        package let sinceStart: Duration

        package init(sinceStart: Duration) {
            self.sinceStart = sinceStart
        }

        package func advanced(by duration: Duration) -> Instant {
            Instant(sinceStart: sinceStart + duration)
        }

        package func duration(to other: Instant) -> Duration {
            other.sinceStart - sinceStart
        }

        package static func < (left: Instant, right: Instant) -> Bool {
            left.sinceStart < right.sinceStart
        }
    }

    private struct Sleeper {
        let deadline: Instant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Instant(sinceStart: .zero)
        var sleepers: [UInt64: Sleeper] = [:]
        var cancelled: Set<UInt64> = []
        var nextNumber: UInt64 = 0
    }

    private let start: Timestamp
    private let state = Mutex(State())

    /// - Parameter start: the time of day at the clock's creation.
    package init(start: Timestamp = Timestamp(seconds: 1_795_262_400)) {
        self.start = start
    }

    package var now: Instant { state.withLock { $0.now } }
    package var minimumResolution: Duration { .nanoseconds(1) }

    /// The time of day by this clock, for what takes a `WallClock`.
    package var wallClock: WallClock {
        WallClock { self.start + self.now.sinceStart }
    }

    /// How many tasks sleep on this clock now.
    package var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    if state.cancelled.remove(number) != nil {
                        return .failure(CancellationError())
                    }
                    if deadline <= state.now { return .success(()) }
                    state.sleepers[number] = Sleeper(deadline: deadline, continuation: continuation)
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: number)
                // Cancelled before it lay down: it will find the note.
                if sleeper == nil { state.cancelled.insert(number) }
                return sleeper
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
        // A sleeper that was woken just before its cancellation leaves the note unread.
        state.withLock { _ = $0.cancelled.remove(number) }
    }

    /// Moves the clock and wakes whoever slept until then, the earliest first.
    package func advance(by duration: Duration) {
        precondition(duration >= .zero, "time goes forward")
        let due = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for number in due.keys { state.sleepers.removeValue(forKey: number) }
            return due.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }
        }
        for (_, sleeper) in due { sleeper.continuation.resume() }
    }

    /// Waits until this many tasks sleep on the clock, then moves it: the usual step of a test.
    ///
    /// - Throws: `NeverHappened` if they do not come to sleep.
    package func advance(by duration: Duration, whenSleeping count: Int) async throws {
        try await eventually("\(count) tasks sleep on the virtual clock") {
            sleeperCount >= count
        }
        advance(by: duration)
    }
}
