import Synchronization

/// Whether the task that borrows a connection was cancelled, and whom to wake when it is.
///
/// One per borrowing, so that a late cancellation can't hit the next borrower's statement: the
/// connection's thread looks here, and only it sends the cancel request.
final class Cancellation: Sendable {
    private struct State {
        var isCancelled = false
        var wakeup: Wakeup?
    }

    private let state = Mutex(State())

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// From now on a cancellation wakes this thread.
    func attach(_ wakeup: Wakeup) {
        state.withLock { $0.wakeup = wakeup }
    }

    func detach() {
        state.withLock { $0.wakeup = nil }
    }

    func cancel() {
        let wakeup = state.withLock { state in
            state.isCancelled = true
            return state.wakeup
        }
        wakeup?.signal()
    }
}
