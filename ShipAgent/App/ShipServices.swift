import FleetRuntime
import Logging
import ServiceLifecycle
import ShipDomain
import ShipIntake
import ShipLink
import ShipStore

/// The composition root: everything aboard, built in the order of its dependencies.
enum ShipServices {
    static func make(
        _ configuration: ShipAgentConfiguration,
        store: ShipStore,
        clock: WallClock,
        logger: Logger
    ) async throws -> [any Service] {
        let desk = try await LinkDesk(plan: configuration.link, store: store, clock: clock)
        let notebook = Notebook(store: store, clock: clock, logger: logger)
        let registry = MetricsRegistry()
        ProcessMetrics.register(in: registry)
        let account = IntakeAccount(registry)
        let sealer = Sealer(
            store: store,
            age: configuration.sealAfter,
            clock: clock,
            logger: logger
        )
        let uplink = Uplink(
            Uplink.Configuration(
                directory: configuration.data,
                agentVersion: ShipAgentVersion.text,
                retryFloor: configuration.reconnectAfter
            ),
            store: store,
            desk: desk,
            notebook: notebook,
            clock: clock,
            logger: logger
        )
        let keeper = BacklogKeeper(store: store, logger: logger)
        let scrapers = configuration.targets.map {
            Scraper(
                $0,
                store: store,
                notebook: notebook,
                account: account,
                clock: clock,
                logger: logger
            )
        }
        let reporter = PeriodicService(
            name: "intake report",
            interval: .seconds(10),
            isFirstImmediate: false,
            logger: logger
        ) { try await account.report(to: notebook, store, at: clock.now()) }
        var services: [any Service] = [uplink, sealer, keeper, reporter]
        services += scrapers
        // The last is stopped first: nothing comes in any more when the window is sealed.
        if let http = configuration.http {
            let receiver = try await RemoteWriteReceiver(
                store: store,
                gate: configuration.gate,
                account: account,
                clock: clock,
                logger: logger
            )
            services.append(receiver)
            services.append(
                try HTTPIntake(
                    http,
                    routes: [.health, .metrics(registry), .remoteWrite(to: receiver)],
                    metrics: IntakeMetrics(registry),
                    clock: clock,
                    logger: logger
                )
            )
        }
        return services
    }
}
