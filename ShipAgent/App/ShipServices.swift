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
        let desk = try await LinkDesk(
            plan: configuration.link,
            backlogShare: configuration.limits.backlogShare,
            store: store,
            clock: clock
        )
        let notebook = Notebook(store: store, clock: clock, logger: logger)
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
        let thinner = Thinner(store: store, desk: desk, limits: configuration.limits)
        let keeper = BacklogKeeper(store: store, thinner: thinner, logger: logger)
        let scrapers = configuration.targets.map {
            Scraper($0, store: store, notebook: notebook, clock: clock, logger: logger)
        }
        var services: [any Service] = [uplink, sealer, keeper]
        services += scrapers
        // The last is stopped first: nothing comes in any more when the window is sealed.
        if let http = configuration.http {
            services += try intake(http, clock: clock, logger: logger)
        }
        return services
    }

    /// What listens, where anything does.
    private static func intake(
        _ configuration: HTTPIntake.Configuration,
        clock: WallClock,
        logger: Logger
    ) throws -> [any Service] {
        let registry = MetricsRegistry()
        ProcessMetrics.register(in: registry)
        let routes: [IntakeRoute] = [.health, .metrics(registry)]
        return [
            try HTTPIntake(
                configuration,
                routes: routes,
                metrics: IntakeMetrics(registry),
                clock: clock,
                logger: logger
            )
        ]
    }
}
