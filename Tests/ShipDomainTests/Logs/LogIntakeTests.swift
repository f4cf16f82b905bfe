import FleetModel
import FleetRuntime
import FleetTestSupport
import Logging
import ServiceLifecycle
import ShipDomain
import ShipStore
import Testing

@Suite(.timeLimit(.minutes(10)))
struct LogIntakeTests {
    private static let now = Timestamp(milliseconds: 1_795_254_788_000)
    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func record(_ message: String, severity: LogRecord.Severity = .notice) -> LogRecord {
        LogRecord(at: Self.now, severity: severity, message: message)
    }

    private func with(
        _ body: (ShipStore, LogIntake) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { folder in
            let store = try ShipStore(directory: folder, create: true)
            let clock = WallClock.fixed(Self.now)
            let intake = LogIntake(
                store: store,
                notebook: Notebook(store: store, clock: clock, logger: Self.silent),
                clock: clock,
                logger: Self.silent
            )
            let group = ServiceGroup(services: [intake], logger: Self.silent)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                try await body(store, intake)
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
    }

    private func lane(_ store: ShipStore) async throws -> LedgerTotals {
        let lane = try await store.status().first { $0.lane == .logs }
        return try #require(lane).ledger
    }

    @Test func `records are in the store when accept returns`() async throws {
        try await with { store, intake in
            for count in 1...3 {
                try await intake.accept([record("a"), record("b", severity: .error)])
                #expect(try await lane(store).pending == UInt64(2 * count))
            }
        }
    }

    @Test func `many senders at once share few transactions`() async throws {
        try await with { store, intake in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for sender in 0..<200 {
                    tasks.addTask { try await intake.accept([record("from \(sender)")]) }
                }
                try await tasks.waitForAll()
            }
            #expect(try await lane(store).produced == 200)
            // One row of the window a transaction, since all are of one severity.
            let rows = try await store.looseLogs(bytes: .max)
            #expect(rows.records.count == 200)
        }
    }

    @Test func `a flood that finds no room is counted to the record`() async throws {
        try await with { store, intake in
            let message = String(repeating: "x", count: 1000)
            let batch = (0..<100).map { _ in record(message) }
            for _ in 0..<400 { intake.offer(batch) }
            try await eventually("all is accounted for", timeout: .seconds(240)) {
                let ledger = try await lane(store)
                return ledger.produced == 40_000 && ledger.balances
            }
            let ledger = try await lane(store)
            #expect(ledger.lost > 0, "8 MiB hold less than 40 MB")
            #expect(ledger.pending > 0)
        }
    }

    @Test func `what was offered is kept when the agent stops, and nothing is taken after`()
        async throws
    {
        try await withTemporaryDirectory { folder in
            let store = try ShipStore(directory: folder, create: true)
            let clock = WallClock.fixed(Self.now)
            let intake = LogIntake(
                store: store,
                notebook: Notebook(store: store, clock: clock, logger: Self.silent),
                clock: clock,
                logger: Self.silent
            )
            let group = ServiceGroup(services: [intake], logger: Self.silent)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                try await intake.accept([record("first")])
                intake.offer([record("last")])
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            #expect(try await lane(store).pending == 2)
            await #expect(throws: LogIntake.Refusal.self) {
                try await intake.accept([record("too late")])
            }
        }
    }
}
