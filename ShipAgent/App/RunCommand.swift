import ArgumentParser
import FleetRuntime
import Logging
import ServiceLifecycle
import ShipDomain
import ShipLink
import ShipStore
import UnixSignals

/// `ship-agent run`.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Collect, store and forward until SIGTERM."
    )

    @Option(help: "The agent's YAML file.")
    var config: String

    func run() async throws {
        let configuration = try ShipAgentConfiguration(file: config)
        LogSetup.bootstrap(level: configuration.logLevel, format: configuration.logFormat)
        let logger = Logger(label: "ship-agent")
        let credentials = try ShipCredentials.load(from: configuration.data)
        let lock: FileLock
        do {
            lock = try FileLock(path: configuration.data + "/run.lock")
        } catch let held as FileLock.Held {
            throw CommandError("an agent runs already on \(configuration.data): \(held)")
        }
        defer { lock.release() }
        let store = try ShipStore(
            directory: configuration.data,
            create: true,
            backlogAfter: configuration.backlogAfter,
            resolutions: configuration.resolutions,
            keptBytes: configuration.keepAcknowledged
        )
        logger.notice(
            "running as \(credentials.identity), shore at \(credentials.host):\(credentials.port)",
            metadata: [
                LogKey.epoch: "\(store.epoch)", LogKey.count: "\(configuration.targets.count)",
            ]
        )
        _ = try? await TargetRetirement.retire(
            in: store,
            except: Set(configuration.targets.map(\.identity)),
            prefix: ScrapeConfiguration.identityPrefix,
            at: WallClock.system.now()
        )
        let services = try await ShipServices.make(
            configuration,
            ship: credentials.identity,
            store: store,
            clock: .system,
            logger: logger
        )
        let group = ServiceGroup(
            configuration: .init(
                services: services.map { .named($0) },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        try await group.run()
    }
}
