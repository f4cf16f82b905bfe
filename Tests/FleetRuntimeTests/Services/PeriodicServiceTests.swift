import FleetRuntime
import FleetTestSupport
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@Suite struct PeriodicServiceTests {
    struct Failure: Error {}

    /// Runs `service` in a group for as long as `body` takes, then shuts it down in order.
    private func running(
        _ service: PeriodicService,
        body: () async throws -> Void
    ) async throws {
        let group = ServiceGroup(
            services: [service],
            gracefulShutdownSignals: [],
            logger: LogLines().logger("group")
        )
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            try await body()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test func `the body runs at once and then every interval`() async throws {
        let clock = VirtualClock()
        let runs = Mutex<[Duration]>([])
        let service = PeriodicService(
            name: "test",
            interval: .seconds(10),
            jitter: 0.1,
            clock: clock,
            random: { 0.75 },
            logger: LogLines().logger("test")
        ) {
            runs.withLock { $0.append(clock.now.sinceStart) }
        }

        try await running(service) {
            try await clock.advance(by: .seconds(10), whenSleeping: 1)
            try await clock.advance(by: .milliseconds(500), whenSleeping: 1)
            try await eventually("two runs") { runs.withLock { $0.count } == 2 }
        }

        // A draw of 0.75 is half of the jitter up: 10.5 s.
        #expect(runs.withLock { $0 } == [.zero, .milliseconds(10_500)])
    }

    @Test func `a failure is logged once a minute and tried again`() async throws {
        let clock = VirtualClock()
        let lines = LogLines()
        let runs = Mutex(0)
        let service = PeriodicService(
            name: "retention",
            interval: .seconds(1),
            jitter: 0,
            clock: clock,
            logger: lines.logger("test")
        ) {
            runs.withLock { $0 += 1 }
            throw Failure()
        }

        try await running(service) {
            for _ in 0..<3 { try await clock.advance(by: .seconds(1), whenSleeping: 1) }
            try await eventually("four runs") { runs.withLock { $0 } == 4 }
        }

        #expect(lines.all.count == 1)
        #expect(lines.all.first?.contains("service=retention") == true)
        #expect(lines.all.first?.contains("Failure") == true)
    }

    @Test func `shutdown lets a running body finish`() async throws {
        let isFinished = Mutex(false)
        let hasStarted = Mutex(false)
        let service = PeriodicService(
            name: "test",
            interval: .seconds(3600),
            logger: LogLines().logger("test")
        ) {
            hasStarted.withLock { $0 = true }
            try await Task.sleep(for: .milliseconds(50))
            isFinished.withLock { $0 = true }
        }

        try await running(service) {
            try await eventually("the body has started") { hasStarted.withLock { $0 } }
        }

        #expect(isFinished.withLock { $0 })
    }
}
