import FleetModel
import FleetRuntime
import FleetTestSupport
import Synchronization
import Testing

@Suite struct VirtualClockTests {
    @Test func `sleepers wake in the order of their deadlines`() async throws {
        let clock = VirtualClock()
        let woken = Mutex<[Int]>([])
        try await withThrowingTaskGroup { group in
            for seconds in [3, 1, 2] {
                group.addTask { @Sendable in
                    try await clock.sleep(for: .seconds(seconds))
                    woken.withLock { $0.append(seconds) }
                }
            }
            for count in stride(from: 3, through: 1, by: -1) {
                try await clock.advance(by: .seconds(1), whenSleeping: count)
                try await eventually("one more is awake") {
                    woken.withLock { $0.count } == 4 - count
                }
            }
            try await group.waitForAll()
        }

        #expect(woken.withLock { $0 } == [1, 2, 3])
    }

    @Test func `a cancelled sleeper wakes at once`() async throws {
        let clock = VirtualClock()
        await #expect(throws: CancellationError.self) {
            try await withThrowingTaskGroup { group in
                group.addTask { try await clock.sleep(for: .seconds(1)) }
                try await eventually("it sleeps") { clock.sleeperCount == 1 }
                group.cancelAll()
                try await group.waitForAll()
            }
        }

        #expect(clock.sleeperCount == 0)
    }

    @Test func `sleeping until the past does not sleep`() async throws {
        let clock = VirtualClock()
        clock.advance(by: .seconds(10))

        try await clock.sleep(
            until: VirtualClock.Instant(sinceStart: .seconds(5)),
            tolerance: nil
        )
    }

    @Test func `the time of day moves with it`() {
        let clock = VirtualClock(start: Timestamp(seconds: 100))

        clock.advance(by: .seconds(5))

        #expect(clock.wallClock.now() == Timestamp(seconds: 105))
    }
}
