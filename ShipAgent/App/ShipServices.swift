import FleetRuntime
import Logging
import ServiceLifecycle
import ShipDomain
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
            Scraper($0, store: store, notebook: notebook, clock: clock, logger: logger)
        }
        return [uplink, sealer, keeper] + scrapers
    }
}
