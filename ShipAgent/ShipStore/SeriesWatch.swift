import FleetModel
import GRDB
import Synchronization

/// The newest values of a few series, as they come in: for whoever judges by them aboard.
///
/// Values count from when they were received, stored or not. Of series that nobody watches nothing is kept.
package final class SeriesWatch: Sendable {
    package struct Value: Sendable, Equatable {
        package let at: Timestamp
        package let value: Double

        package init(at: Timestamp, value: Double) {
            self.at = at
            self.value = value
        }
    }

    /// Series that can be watched at once.
    package static let limit = 4096

    private struct State {
        var newest: [SeriesNumber: Value] = [:]
        /// Values in the order in which they came, for those who compare.
        var listeners: [Int: AsyncStream<(SeriesNumber, Value)>.Continuation] = [:]
        var next = 0
    }

    private let watched = Mutex(Set<SeriesNumber>())
    private let state = Mutex(State())

    init() {}

    package func watch(_ numbers: [SeriesNumber]) {
        watched.withLock { watched in
            for number in numbers where watched.count < Self.limit { watched.insert(number) }
        }
    }

    package func newest(_ number: SeriesNumber) -> Value? {
        state.withLock { $0.newest[number] }
    }

    /// Every value of watched series from now on; the oldest are dropped where nobody takes them.
    package func values(keeping count: Int = 4096) -> AsyncStream<(SeriesNumber, Value)> {
        let (stream, continuation) = AsyncStream<(SeriesNumber, Value)>.makeStream(
            bufferingPolicy: .bufferingNewest(count)
        )
        let number = state.withLock { state in
            defer { state.next += 1 }
            state.listeners[state.next] = continuation
            return state.next
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.listeners.removeValue(forKey: number) }
        }
        return stream
    }

    func received(_ batches: [SampleBatch]) {
        let watched = watched.withLock { $0 }
        guard !watched.isEmpty else { return }
        state.withLock { state in
            for batch in batches {
                for (number, value) in zip(batch.numbers, batch.values)
                where watched.contains(number) {
                    let value = Value(at: batch.at, value: value)
                    if let known = state.newest[number], known.at > batch.at { continue }
                    state.newest[number] = value
                    for listener in state.listeners.values { listener.yield((number, value)) }
                }
            }
        }
    }
}

extension ShipStore {
    /// The newest values that this process receives.
    package var watch: SeriesWatch { seriesWatch }

    /// Series whose labels are all of those given, among the first so many from a number on.
    ///
    /// - Returns: those, and the number that the next search may begin at.
    package func series(
        with labels: LabelSet,
        from first: SeriesNumber
    ) async throws -> (numbers: [SeriesNumber], next: SeriesNumber) {
        try await database.read { db in
            // The name narrows it in SQLite; as its text is within the labels' text, a part of it at least.
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT number, labels
                    FROM series
                    WHERE number >= ? AND instr(labels, ?) > 0
                    ORDER BY number
                    """,
                arguments: [
                    Int64(first.rawValue),
                    CatalogueText.encode(LabelSet(name: labels.name)),
                ]
            )
            var numbers: [SeriesNumber] = []
            while let row = try rows.next(), numbers.count < SeriesWatch.limit {
                let known = try CatalogueText.decode(row["labels"])
                if labels.labels.allSatisfy({ known[$0.name] == $0.value }) {
                    numbers.append(SeriesNumber(UInt32(truncatingIfNeeded: row["number"] as Int64)))
                }
            }
            let end =
                try Int64.fetchOne(db, sql: "SELECT coalesce(max(number), -1) + 1 FROM series") ?? 0
            return (numbers, SeriesNumber(UInt32(truncatingIfNeeded: end)))
        }
    }
}
