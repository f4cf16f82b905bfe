import Synchronization

/// Lends a bounded number of places to requests that hold much memory while they are answered.
package final class ReadSlots: Sendable {
    /// A place; given back when nobody holds it any more, however that comes about.
    package final class Slot: Sendable {
        private let slots: ReadSlots

        fileprivate init(_ slots: ReadSlots) { self.slots = slots }

        deinit { slots.taken.withLock { $0 -= 1 } }
    }

    private let limit: Int
    private let patience: Duration
    private let taken = Mutex(0)

    /// - Parameter patience: how long a request waits for a place.
    package init(limit: Int, patience: Duration = .seconds(30)) {
        self.limit = limit
        self.patience = patience
    }

    /// - Throws: `DomainError` `overloaded` where none came free in time.
    package func take() async throws -> Slot {
        let deadline = ContinuousClock.now + patience
        while true {
            let isFree = taken.withLock { taken in
                guard taken < limit else { return false }
                taken += 1
                return true
            }
            if isFree { return Slot(self) }
            guard ContinuousClock.now < deadline else {
                throw DomainError(
                    .overloaded,
                    "too many large queries are being answered; try again in a moment"
                )
            }
            // Requests take far longer than this; a queue would be fairer, and is not needed.
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
