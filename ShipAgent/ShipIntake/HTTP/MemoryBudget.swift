import Synchronization

/// Counts the bytes of request bodies in memory, over all connections, against one limit.
package final class MemoryBudget: Sendable {
    package let limit: Int
    private let used = Mutex(0)

    package init(limit: Int) {
        precondition(limit > 0, "a budget of nothing takes nothing in")
        self.limit = limit
    }

    package var inUse: Int { used.withLock { $0 } }

    /// - Returns: whether there was room; nothing is taken otherwise.
    package func take(_ bytes: Int) -> Bool {
        used.withLock { used in
            guard bytes <= limit - used else { return false }
            used += bytes
            return true
        }
    }

    /// Waits for room. Looks every few milliseconds: who waits holds no memory, only a connection.
    package func take(_ bytes: Int, within wait: Duration) async throws -> Bool {
        let end = ContinuousClock.now + wait
        while true {
            if take(bytes) { return true }
            guard bytes <= limit, ContinuousClock.now < end else { return false }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    package func give(_ bytes: Int) {
        used.withLock { used in
            precondition(bytes <= used, "more given back than was taken")
            used -= bytes
        }
    }
}
