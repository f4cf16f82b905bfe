import Synchronization

/// What one request has taken from a budget. It is given back piece by piece, and the rest at the end.
final class HeldMemory: Sendable {
    private let budget: MemoryBudget
    private let held = Mutex(0)

    init(of budget: MemoryBudget) {
        self.budget = budget
    }

    /// Waits for room. What is larger than all the room there is goes alone.
    ///
    /// - Returns: the bytes taken, `nil` where there was no room in time.
    func take(_ bytes: Int, within wait: Duration) async throws -> Int? {
        let bytes = min(bytes, budget.limit - held.withLock { $0 })
        guard try await budget.take(bytes, within: wait) else { return nil }
        held.withLock { $0 += bytes }
        return bytes
    }

    func give(_ bytes: Int) {
        let given = held.withLock { held in
            let given = min(bytes, held)
            held -= given
            return given
        }
        budget.give(given)
    }

    func giveAll() { give(.max) }
}
