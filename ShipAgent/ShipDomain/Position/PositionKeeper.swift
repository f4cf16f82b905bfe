import FleetModel
import FleetRuntime
import Logging
import ServiceLifecycle
import ShipStore
import Synchronization

/// Turns what the listeners hear of NMEA into samples, one of each series every interval at most.
package final class PositionKeeper: Service {
    /// What the target's row in the store is named.
    private static let identity = "position nmea"
    private static let job = "nmea"
    /// The store's fact: latitude, longitude and time, with a space between each two.
    package static let factKey = "position"
    /// A clock that is further off than this is worth an event.
    private static let clockTolerance = 5.0

    private let store: ShipStore
    private let notebook: Notebook
    private let interval: Duration
    private let gate: LabelGate
    private let clock: WallClock
    private let logger: Logger
    private let tracker: Mutex<PositionTracker>

    package init(
        store: ShipStore,
        notebook: Notebook,
        interval: Duration,
        gate: LabelGate,
        clock: WallClock,
        logger: Logger
    ) {
        self.store = store
        self.notebook = notebook
        self.interval = interval
        self.gate = gate
        self.clock = clock
        self.logger = logger
        // Receivers speak every second; three turns without a word are a loss.
        tracker = Mutex(PositionTracker(staleAfter: max(.seconds(30), interval * 3)))
    }

    /// Takes a line that a listener heard.
    package func heard(_ line: [UInt8]) {
        guard let sentence = NMEASentence(line) else { return }
        let now = clock.now()
        _ = tracker.withLock { $0.heard(sentence, at: .now, clock: now) }
    }

    private struct Memory: Sendable {
        /// Series that had a sample and no staleness marker since.
        var live: Set<PositionMeasure> = []
        var hasPlace: Bool?
        var isClockOff = false
    }

    package func run() async throws {
        let throttle = Throttle(every: .seconds(60))
        var memory = Memory()
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do {
                memory = try await keep(memory)
            } catch {
                // The next turn brings a newer place anyway.
                throttle.log(logger, .warning, "a position was not kept: \(error)")
            }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: self.untilNext()) }
        }
    }

    /// Turns fall on multiples of the interval, so that timestamps are evenly spaced.
    private func untilNext() -> Duration {
        let now = clock.now()
        return min(interval, max(.milliseconds(1), now.floored(to: interval) + interval - now))
    }

    private func keep(_ memory: Memory) async throws -> Memory {
        let values = tracker.withLock { $0.values(at: .now) }
        let gone = memory.live.subtracting(values.keys)
        var memory = memory
        if !values.isEmpty || !gone.isEmpty {
            let at = clock.now().floored(to: interval)
            let gate = gate
            try await store.write {
                try Self.write(values, stale: gone, at: at, gate: gate, $0)
            }
            memory.live = Set(values.keys)
        }
        await tell(values, &memory)
        return memory
    }

    private static func write(
        _ values: [PositionMeasure: Double],
        stale: Set<PositionMeasure>,
        at: Timestamp,
        gate: LabelGate,
        _ writer: borrowing StoreWriter
    ) throws {
        let measures = PositionMeasure.allCases.filter { values[$0] != nil || stale.contains($0) }
        let numbers = try writer.resolve(
            measures.map { (gate.judgeOwn(LabelSet(name: $0.rawValue, ["job": job])), .gauge) }
        )
        let batch = SampleBatch(
            group: try writer.target(identity).group,
            at: at,
            numbers: numbers,
            values: measures.map { values[$0] ?? StaleMarker.value }
        )
        try writer.accept([batch], at: at)
        if let latitude = values[.latitude], let longitude = values[.longitude] {
            try writer.setFact(factKey, "\(latitude) \(longitude) \(at)")
        }
    }

    private func tell(_ values: [PositionMeasure: Double], _ memory: inout Memory) async {
        let hasPlace = values[.latitude] != nil
        switch (memory.hasPlace, hasPlace) {
        case (true, false):
            await notebook.note(
                .warning,
                "position_lost",
                "no valid position was heard for \(max(.seconds(30), interval * 3))"
            )
        case (false, true):
            await notebook.note(.info, "position_found", "a valid position is heard again")
        case (nil, _), (true, true), (false, false):
            break
        }
        // That there never was one is no news: a receiver needs minutes after its start.
        if hasPlace || memory.hasPlace != nil { memory.hasPlace = hasPlace }
        guard let offset = values[.clockOffset] else { return }
        let isOff = abs(offset) > Self.clockTolerance
        if isOff != memory.isClockOff {
            await notebook.note(
                isOff ? .warning : .info,
                isOff ? "clock_off" : "clock_right",
                "the ship's clock is \(offset) s ahead of the satellites'"
            )
        }
        memory.isClockOff = isOff
    }
}
