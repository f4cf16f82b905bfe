import FleetModel
import FleetRuntime
import FleetSeries
import Logging
import ServiceLifecycle
import ShipStore

/// Seals accepted log records into their lane, as late as it can, and keeps the queue within its
/// limit.
///
/// What is in the lane can't be taken out again, since the shore may have begun to receive it. So
/// only about half a megabyte is in the lane at a time; the rest waits outside, packed, where the
/// gravest overtake and the mildest are dropped when there is no more room.
package struct LogKeeper: Service {
    /// In the lane at most, before more is sealed: a second of a 4 Mbit/s link, and no more than a
    /// quarter of the queue, since what is in the lane can't be dropped.
    private var ahead: Int { min(512 * 1024, maxBytes / 4) }
    /// Sealed at once, however young, and at most in one go: about 5,000 records.
    private static let threshold = 1024 * 1024
    /// Packed while it waits: enough for a good frame.
    private static let packAt = 128 * 1024
    private static let reportEvery = Duration.seconds(600)

    private let store: ShipStore
    private let notebook: Notebook
    private let age: Duration
    private let maxBytes: Int
    private let clock: WallClock
    private let logger: Logger

    /// - Parameters:
    ///   - age: how long a record waits at most before it may be sent.
    ///   - maxBytes: what the whole queue may take on the disk.
    package init(
        store: ShipStore,
        notebook: Notebook,
        age: Duration,
        maxBytes: Int,
        clock: WallClock,
        logger: Logger
    ) {
        self.store = store
        self.notebook = notebook
        self.age = age
        self.maxBytes = maxBytes
        self.clock = clock
        self.logger = logger
    }

    package func run() async throws {
        let interval = max(.milliseconds(100), min(age / 4, .seconds(1)))
        let throttle = Throttle(every: .seconds(60))
        let timer = ContinuousClock()
        var dropped: [LogRecord.Severity: Int] = [:]
        var nextReport = timer.now
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            do {
                dropped.merge(try await tend()) { $0 + $1 }
            } catch is CancellationError {
                break
            } catch {
                // They stay where they are; the next turn may find room.
                throttle.log(logger, .warning, "log records can't be sealed: \(error)")
            }
            if !dropped.isEmpty, timer.now >= nextReport {
                await tell(dropped)
                dropped = [:]
                nextReport = timer.now + Self.reportEvery
            }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: interval) }
        }
        if !dropped.isEmpty { await tell(dropped) }
    }

    /// One turn.
    ///
    /// - Returns: the records dropped.
    package func tend() async throws -> [LogRecord.Severity: Int] {
        var queue = try await store.logQueue()
        if queue.packedBytes > 0, queue.laneBytes < ahead {
            let room = ahead - queue.laneBytes
            _ = try await store.tidy { try $0.appendPackedLogs(bytes: room) }
            queue = try await store.logQueue()
        }
        // What was packed came before what is loose.
        while queue.packedBytes == 0, queue.laneBytes < ahead, isDue(queue) {
            try await seal(bytes: ahead - queue.laneBytes)
            queue = try await store.logQueue()
        }
        if queue.packedBytes > 0 || queue.laneBytes >= ahead {
            for waiting in queue.waiting where waiting.looseBytes >= Self.packAt {
                try await pack(waiting.severity)
            }
        }
        queue = try await store.logQueue()
        guard queue.bytes > maxBytes else { return [:] }
        // Some more than must be, so that not every turn has something to declare.
        let excess = queue.bytes - maxBytes + maxBytes / 20
        return try await store.tidy { try $0.dropLogs(bytes: excess) }
    }

    private func isDue(_ queue: LogQueue) -> Bool {
        guard let oldest = queue.oldestLoose else { return false }
        let now = clock.now()
        // Accepted in the future: the clock was set back, and age can't be told.
        return oldest <= now - age || oldest > now || queue.looseBytes >= Self.threshold
    }

    private func seal(bytes: Int) async throws {
        let logs = try await store.looseLogs(bytes: min(bytes, Self.threshold))
        let segments = try Self.sealed(logs)
        try await store.tidy { try $0.append(segments, of: logs) }
    }

    private func pack(_ severity: LogRecord.Severity) async throws {
        let logs = try await store.looseLogs(severity, bytes: Self.threshold)
        let segments = try Self.sealed(logs)
        let now = clock.now()
        try await store.tidy { try $0.pack(segments, severity, of: logs, at: now) }
    }

    /// In the order of time, in as few segments as the limits allow.
    private static func sealed(_ logs: LooseLogs) throws -> [SealedSegment] {
        let records = logs.records.enumerated()
            .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            .map(\.element)
        return try seal(records[...])
    }

    private static func seal(
        _ records: ArraySlice<LogRecord>
    ) throws(SegmentError) -> [SealedSegment] {
        guard let first = records.first, let last = records.last else { return [] }
        var middle = records.startIndex + records.count / 2
        if last.at - first.at > Limits.segmentSpan {
            let end = first.at + Limits.segmentSpan
            middle = records.firstIndex { $0.at > end } ?? middle
        } else {
            do {
                return [try LogSegment.encode(Array(records))]
            } catch {
                guard error.code == .tooLarge, records.count > 1 else { throw error }
            }
        }
        return try seal(records[..<middle]) + seal(records[middle...])
    }

    private func tell(_ dropped: [LogRecord.Severity: Int]) async {
        let total = dropped.values.reduce(0, +)
        let parts = dropped.sorted { $0.key > $1.key }.map { "\($0.value) \($0.key)" }
        await notebook.note(
            .warning,
            "logs_dropped",
            "\(total) log records (\(parts.joined(separator: ", "))) were dropped unsent: the queue "
                + "was at its limit of \(maxBytes) bytes"
        )
    }
}
