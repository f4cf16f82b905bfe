import Synchronization

/// Wakes those who wait for something to do.
package final class WakeBell: Sendable {
    private struct State {
        var rings: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var cancelled: Set<UInt64> = []
        var next: UInt64 = 0
        var listeners: [UInt64: AsyncStream<Void>.Continuation] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// How often it has rung: read before looking for work, so that no ring is missed.
    package var rings: UInt64 { state.withLock { $0.rings } }

    package func ring() {
        let waiters = state.withLock { state in
            state.rings += 1
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
        tick()
    }

    /// Wakes those alone who listen: time has passed, and a rule may say something else.
    package func tick() {
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.yield() }
    }

    /// One element for all rings and ticks since the last.
    package func listen() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(
            bufferingPolicy: .bufferingNewest(1)
        )
        let number = state.withLock { state in
            state.next += 1
            state.listeners[state.next] = continuation
            return state.next
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.listeners.removeValue(forKey: number) }
        }
        return stream
    }

    /// Waits until it has rung since, for so long at most, or until the task is cancelled.
    package func wait(since rings: UInt64, atMost limit: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait(since: rings) }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    private func wait(since rings: UInt64) async {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    if state.cancelled.remove(number) != nil || state.rings != rings { return true }
                    state.waiters[number] = continuation
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                let waiter = state.waiters.removeValue(forKey: number)
                // Cancelled before it lay down: it will find the note.
                if waiter == nil { state.cancelled.insert(number) }
                return waiter
            }
            waiter?.resume()
        }
        // One that was woken just before its cancellation leaves the note unread.
        state.withLock { _ = $0.cancelled.remove(number) }
    }
}
