import FleetModel
import FleetRuntime
import Logging
import ServiceLifecycle
import ShipStore
import Synchronization

/// The one door for log records: gathers what all listeners bring and stores it in one transaction,
/// at most every 50 ms, so that a flood costs one flush to the disk and not one a record.
package final class LogIntake: Service {
    /// Why records were not taken; nothing of them was kept.
    package enum Refusal: Error, Sendable, CustomStringConvertible {
        /// More is waiting to be stored than may be held in memory: try again in a moment.
        case busy
        /// The store has no room.
        case full(String)
        /// The agent stops.
        case stopped

        package var description: String {
            switch self {
            case .busy: "more log records are waiting to be stored than fit in memory"
            case .full(let reason): reason
            case .stopped: "the agent is stopping"
            }
        }
    }

    private struct Batch {
        let records: [LogRecord]
        let bytes: Int
        /// Who waits for the records to be durable; nobody does for a datagram.
        let done: CheckedContinuation<Void, any Error>?
    }

    private struct State {
        var queue: [Batch] = []
        var bytes = 0
        /// Records refused at this door that the ledger does not know of yet.
        var refused = 0
        var isStopped = false
    }

    /// Records waiting in memory: at 200 bytes a record, 40,000.
    private static let capacity = 8 * 1024 * 1024
    /// Between the beginnings of two transactions.
    private static let interval = Duration.milliseconds(50)
    private static let pauseWhenFull = Duration.milliseconds(500)
    private static let reportEvery = Duration.seconds(60)
    /// Refused records are counted together: each count is a declaration, and costs bytes.
    private static let countEvery = Duration.seconds(5)

    private let store: ShipStore
    private let notebook: Notebook
    private let clock: WallClock
    private let logger: Logger
    private let state = Mutex(State())
    private let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation

    package init(store: ShipStore, notebook: Notebook, clock: WallClock, logger: Logger) {
        self.store = store
        self.notebook = notebook
        self.clock = clock
        self.logger = logger
        (arrivals, arrival) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Records of a sender that can't be told to wait. What finds no room is counted and declared.
    package func offer(_ records: [LogRecord]) {
        if !enqueue(records, done: nil) { lose(records.count) }
    }

    /// Counts records that were lost before this door, such as datagrams that the kernel dropped.
    package func lose(_ count: Int) {
        state.withLock { $0.refused += count }
        arrival.yield()
    }

    /// Returns when the records are on the disk.
    ///
    /// - Throws: `Refusal`; then nothing of them was kept.
    package func accept(_ records: [LogRecord]) async throws {
        guard !records.isEmpty else { return }
        try await withCheckedThrowingContinuation { continuation in
            if !enqueue(records, done: continuation) {
                let isStopped = state.withLock { $0.isStopped }
                continuation.resume(throwing: isStopped ? Refusal.stopped : .busy)
            }
        }
    }

    private func enqueue(
        _ records: [LogRecord],
        done: CheckedContinuation<Void, any Error>?
    ) -> Bool {
        let bytes = records.reduce(0) { $0 + $1.byteCount + 64 }
        let isTaken = state.withLock { state in
            guard !state.isStopped,
                state.bytes + bytes <= Self.capacity || state.queue.isEmpty
            else { return false }
            state.queue.append(Batch(records: records, bytes: bytes, done: done))
            state.bytes += bytes
            return true
        }
        if isTaken { arrival.yield() }
        return isTaken
    }

    // MARK: The work

    package func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                // What was refused is counted some time after, though nothing more may come.
                group.addTask {
                    while !Task.isCancelled {
                        try? await Task.sleep(for: Self.countEvery)
                        self.arrival.yield()
                    }
                }
                await self.work()
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.arrival.finish()
        }
    }

    private func work() async {
        let throttle = Throttle(every: Self.reportEvery)
        let timer = ContinuousClock()
        var begun: ContinuousClock.Instant?
        var report = Report()
        for await _ in arrivals {
            if Task.isCancelled { break }
            if let begun { try? await timer.sleep(until: begun + Self.interval) }
            begun = timer.now
            while await !flush(throttle, &report) {
                // The disk is full: who waits was told, datagrams wait here.
                try? await timer.sleep(for: Self.pauseWhenFull)
                if Task.isCancelled || Task.isShuttingDownGracefully { break }
            }
            await tell(&report, at: timer.now)
        }
        // The listeners have ended before: what they brought last is kept.
        let isEmpty = state.withLock { state in
            state.isStopped = true
            return state.queue.isEmpty && state.refused == 0
        }
        if !isEmpty { _ = await flush(throttle, &report) }
        for batch in state.withLock({ state in
            defer { state.queue = [] }
            return state.queue
        }) {
            batch.done?.resume(throwing: Refusal.stopped)
        }
    }

    /// What was refused and not told in an event yet.
    private struct Report {
        var refused = 0
        var next: ContinuousClock.Instant?
        var nextCount: ContinuousClock.Instant?
    }

    /// Stores what waits.
    ///
    /// - Returns: whether nothing is left to be tried again.
    private func flush(_ throttle: Throttle, _ report: inout Report) async -> Bool {
        let now = ContinuousClock.now
        let isCounting = report.nextCount.map { $0 <= now } ?? true
        let (batches, refused) = state.withLock { state in
            defer {
                state.queue = []
                state.bytes = 0
                if isCounting || state.isStopped { state.refused = 0 }
            }
            return (state.queue, isCounting || state.isStopped ? state.refused : 0)
        }
        guard !batches.isEmpty || refused > 0 else { return true }
        let records = batches.flatMap(\.records)
        let at = clock.now()
        do {
            try await store.write { writer in
                try writer.accept(records, at: at)
                if refused > 0 { try writer.loseLogs(refused) }
            }
            for batch in batches { batch.done?.resume() }
            report.refused += refused
            if refused > 0 { report.nextCount = now + Self.countEvery }
            return true
        } catch {
            throttle.log(logger, .warning, "log records can't be stored: \(error)")
            for batch in batches {
                batch.done?.resume(throwing: Refusal.full("\(error)"))
            }
            let patient = batches.filter { $0.done == nil }
            state.withLock { state in
                state.queue = patient + state.queue
                state.bytes += patient.reduce(0) { $0 + $1.bytes }
                state.refused += refused
            }
            return patient.isEmpty && refused == 0
        }
    }

    private func tell(_ report: inout Report, at now: ContinuousClock.Instant) async {
        guard report.refused > 0, report.next.map({ $0 <= now }) ?? true else { return }
        await notebook.note(
            .warning,
            "logs_refused",
            "\(report.refused) log records came faster than they could be stored, and are lost"
        )
        report.refused = 0
        report.next = now + Self.reportEvery
    }
}
