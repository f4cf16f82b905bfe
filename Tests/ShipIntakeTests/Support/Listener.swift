import FleetModel
import FleetRuntime
import Logging
import ServiceLifecycle
import ShipIntake
import Synchronization

/// A listener on a port of its own, run as the agent runs it.
struct Listener {
    let port: Int
    let registry: MetricsRegistry

    static let now = Timestamp(seconds: 1_800_000_000)

    /// Lends a listener that runs; it is shut down in order afterwards.
    static func with<Result: Sendable>(
        routes: [IntakeRoute],
        keys: IntakeKeys = IntakeKeys(apiKeys: nil, signingKeys: nil),
        requestsPerSecond: Int = 100_000,
        bytesPerSecond: Int = 1 << 30,
        connections: Int = 8,
        bodyBytesInMemory: Int = 1 << 20,
        _ body: @Sendable (Listener) async throws -> Result
    ) async throws -> Result {
        let registry = MetricsRegistry()
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let intake = try HTTPIntake(
            HTTPIntake.Configuration(
                address: IntakeAddress(host: "127.0.0.1", port: 0),
                keys: keys,
                requestsPerSecond: requestsPerSecond,
                bytesPerSecond: bytesPerSecond,
                connections: connections,
                bodyBytesInMemory: bodyBytesInMemory
            ),
            routes: routes,
            metrics: IntakeMetrics(registry),
            clock: .fixed(now),
            logger: logger,
            onListening: { port.yield($0) }
        )
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: intake)], logger: logger)
        )
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            guard let number = await iterator.next() else { throw CancellationError() }
            let result = try await body(Listener(port: number, registry: registry))
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return result
        }
    }
}
