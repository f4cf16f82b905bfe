import Synchronization

/// Counts the bytes of requests in memory, over all connections, against one limit. Who waits for room
/// gets it in the order of coming, so that many small requests don't keep a large one out.
package final class MemoryBudget: Sendable {
    private struct Waiter {
        let number: Int
        let bytes: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var used = 0
        var waiters: [Waiter] = []
        var count = 0
        /// Those whose time was up before they began to wait.
        var expired: Set<Int> = []
    }

    package let limit: Int
    private let state = Mutex(State())

    package init(limit: Int) {
        precondition(limit > 0, "a budget of nothing takes nothing in")
        self.limit = limit
    }

    package var inUse: Int { state.withLock { $0.used } }

    /// How many wait.
    var waiting: Int { state.withLock { $0.waiters.count } }

    /// - Returns: whether there was room and nobody waits for it; nothing is taken otherwise.
    package func take(_ bytes: Int) -> Bool {
        state.withLock { state in
            guard state.waiters.isEmpty, bytes <= limit - state.used else { return false }
            state.used += bytes
            return true
        }
    }

    /// Waits for room: who waits holds no memory, only a connection.
    package func take(_ bytes: Int, within wait: Duration) async throws -> Bool {
        if take(bytes) { return true }
        guard bytes <= limit else { return false }
        let number = state.withLock { state in
            state.count += 1
            return state.count
        }
        let isTaken = await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // Cancelled when there is room, or with the request: then nobody waits any more.
                try? await Task.sleep(for: wait)
                self.expire(number)
            }
            defer { group.cancelAll() }
            return await self.room(bytes, number)
        }
        // The end of the task above leaves a trace when it came last.
        state.withLock { _ = $0.expired.remove(number) }
        if Task.isCancelled {
            if isTaken { give(bytes) }
            throw CancellationError()
        }
        return isTaken
    }

    private func room(_ bytes: Int, _ number: Int) async -> Bool {
        await withCheckedContinuation { continuation in
            let answer: Bool? = state.withLock { state in
                if state.expired.contains(number) { return false }
                if state.waiters.isEmpty, bytes <= limit - state.used {
                    state.used += bytes
                    return true
                }
                state.waiters.append(
                    Waiter(number: number, bytes: bytes, continuation: continuation)
                )
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    /// Ends a wait, and lets those in who stood behind it.
    private func expire(_ number: Int) {
        let (expired, admitted) = state.withLock { state in
            guard let place = state.waiters.firstIndex(where: { $0.number == number }) else {
                state.expired.insert(number)
                return (Waiter?.none, [Waiter]())
            }
            let expired = state.waiters.remove(at: place)
            return (expired, admit(&state))
        }
        expired?.continuation.resume(returning: false)
        for waiter in admitted { waiter.continuation.resume(returning: true) }
    }

    package func give(_ bytes: Int) {
        let admitted = state.withLock { state in
            precondition(bytes <= state.used, "more given back than was taken")
            state.used -= bytes
            return admit(&state)
        }
        for waiter in admitted { waiter.continuation.resume(returning: true) }
    }

    /// Those there is room for now.
    private func admit(_ state: inout State) -> [Waiter] {
        var admitted: [Waiter] = []
        while let first = state.waiters.first, first.bytes <= limit - state.used {
            state.used += first.bytes
            admitted.append(state.waiters.removeFirst())
        }
        return admitted
    }
}
