import FleetModel
import FleetRuntime
import FleetTestSupport
import Logging
import ServiceLifecycle
import ShipDomain
import ShipStore
import Testing

@Suite(.timeLimit(.minutes(10)))
struct SealerTests {
    private static let now = Timestamp(milliseconds: 1_795_255_088_000)
    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func accept(_ store: ShipStore, at moment: Timestamp) async throws {
        try await store.write { writer in
            let numbers = try writer.resolve([(LabelSet(name: "depth"), .gauge)])
            let batch = SampleBatch(group: 0, at: moment, numbers: numbers, values: [1])
            try writer.accept([batch], at: moment)
        }
    }

    /// Runs a sealer by a clock that stands still until the condition holds, then ends it in order.
    private func run(
        _ store: ShipStore,
        age: Duration,
        until condition: @Sendable @escaping () async throws -> Bool
    ) async throws {
        let sealer = Sealer(store: store, age: age, clock: .fixed(Self.now), logger: Self.silent)
        let group = ServiceGroup(services: [sealer], logger: Self.silent)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            while try await !condition() { try await Task.sleep(for: .milliseconds(5)) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test func `a sample that is old enough is sealed while the agent runs`() async throws {
        try await withTemporaryDirectory { folder in
            let store = try ShipStore(directory: folder, create: true)
            try await accept(store, at: Self.now - .seconds(61))
            try await run(store, age: .seconds(60)) {
                try await store.ends()[.metrics] == 1
            }
        }
    }

    @Test func `what is younger is sealed when the agent ends`() async throws {
        try await withTemporaryDirectory { folder in
            let store = try ShipStore(directory: folder, create: true)
            try await accept(store, at: Self.now)
            try await run(store, age: .seconds(60)) {
                let end = try await store.ends()[.metrics]
                #expect(end == 0)
                return true
            }
            #expect(try await store.ends()[.metrics] == 1)
        }
    }
}
