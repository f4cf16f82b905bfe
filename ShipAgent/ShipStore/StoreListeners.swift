import GRDB
import Synchronization

/// Those in this process who want to know when something was stored.
final class StoreListeners: Sendable {
    private struct State {
        var continuations: [Int: AsyncStream<Void>.Continuation] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// One element for what was stored since the last, however much it was.
    func listen() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(
            bufferingPolicy: .bufferingNewest(1)
        )
        let number = state.withLock { state in
            defer { state.next += 1 }
            state.continuations[state.next] = continuation
            return state.next
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.continuations.removeValue(forKey: number) }
        }
        return stream
    }

    func tell() {
        for continuation in state.withLock({ Array($0.continuations.values) }) {
            continuation.yield()
        }
    }
}

extension ShipStore {
    /// Says when a transaction of this process was committed. What another process stores has to
    /// be looked for.
    package func changes() -> AsyncStream<Void> { listeners.listen() }

    /// A number that changes when another process has stored something. Cheap: it is read from the
    /// shared memory beside the database.
    package func foreignVersion() async throws -> Int {
        try await database.read { try Int.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
    }
}
