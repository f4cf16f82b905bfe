import FleetDeploy
import ShipStore

/// Where the book is kept: one fact of the ship's store, so that a step and the events that tell of it are
/// one transaction, whichever process makes it.
package struct DeploymentJournal: Sendable {
    package static let factKey = "deployments"

    private let store: ShipStore
    private let clock: ShipClock

    package init(store: ShipStore, clock: ShipClock = .system) {
        self.store = store
        self.clock = clock
    }

    package func read() async throws -> DeploymentBook {
        try Self.decode(try await store.fact(Self.factKey))
    }

    /// Changes the book, or leaves it as it is if `body` throws.
    ///
    /// Goes through on a full disk, with the store's reserve: the way back must not hang on free space.
    @discardableResult
    package func change<Result: Sendable>(
        _ body: @Sendable @escaping (inout DeploymentBook) throws -> Result
    ) async throws -> Result {
        let now = clock.now().wall
        return try await store.tidy { writer in
            let before = try Self.decode(try writer.fact(Self.factKey))
            var book = before
            let result = try body(&book)
            for outcome in book.outcomes { try writer.record(outcome.event(at: now)) }
            book.outcomes = []
            if book != before { try writer.setFact(Self.factKey, try DeploymentText.encode(book)) }
            return result
        }
    }

    private static func decode(_ text: String?) throws -> DeploymentBook {
        guard let text else { return DeploymentBook() }
        do {
            return try DeploymentText.decode(DeploymentBook.self, text)
        } catch {
            throw StoreError(
                .damaged,
                "what the store says of deployments can't be read: \(error)"
            )
        }
    }
}
