import FleetModel
import FleetRuntime
import Logging
import ServiceLifecycle
import ShipDeploy
import ShipDomain
import ShipIntake
import ShipLink
import ShipStore

/// The composition root: everything aboard, built in the order of its dependencies.
enum ShipServices {
    static func make(
        _ configuration: ShipAgentConfiguration,
        ship: ShipIdentity,
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
        let registry = MetricsRegistry()
        ProcessMetrics.register(in: registry)
        let account = IntakeAccount(registry)
        let sealer = Sealer(
            store: store,
            age: configuration.sealAfter,
            clock: clock,
            logger: logger
        )
        let deployment = DeploymentService(
            configuration.deployment.configuration,
            ship: ship,
            store: store,
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
            port: deployment.desk,
            clock: clock,
            logger: logger
        )
        let thinner = Thinner(store: store, desk: desk, limits: configuration.limits)
        let keeper = BacklogKeeper(store: store, thinner: thinner, logger: logger)
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
        let logKeeper = LogKeeper(
            store: store,
            notebook: notebook,
            age: configuration.logs.sealAfter,
            maxBytes: configuration.logs.maxBytes,
            clock: clock,
            logger: logger
        )
        let logs = LogIntake(store: store, notebook: notebook, clock: clock, logger: logger)
        let forgetter = PeriodicService(
            name: "memory",
            interval: .seconds(60),
            logger: logger
        ) { ProcessMemory.forgetStart() }
        var services: [any Service] = [
            deployment, uplink, sealer, keeper, reporter, logKeeper, logs, forgetter,
            ClockWatch(notebook: notebook, clock: clock),
        ]
        services += scrapers
        // The last is stopped first: nothing comes in any more when the window is sealed.
        services += syslog(configuration.logs.syslog, logs, clock: clock, logger: logger)
        if configuration.position.isWanted {
            let keeper = PositionKeeper(
                store: store,
                notebook: notebook,
                interval: configuration.position.interval,
                gate: configuration.gate,
                clock: clock,
                logger: logger
            )
            services += [keeper] + nmea(configuration.position.nmea, keeper, logger: logger)
        }
        if let http = configuration.http {
            let receiver = try await RemoteWriteReceiver(
                store: store,
                gate: configuration.gate,
                account: account,
                clock: clock,
                logger: logger
            )
            let routes: [IntakeRoute] = [
                .health, .metrics(registry), .remoteWrite(to: receiver), .logs(logs, clock: clock),
            ]
            services.append(receiver)
            services.append(
                try HTTPIntake(
                    http,
                    routes: routes,
                    metrics: IntakeMetrics(registry),
                    clock: clock,
                    logger: logger
                )
            )
        }
        return services
    }

    private static func nmea(
        _ configuration: NMEAConfiguration,
        _ keeper: PositionKeeper,
        logger: Logger
    ) -> [any Service] {
        var services: [any Service] = []
        if let address = configuration.udp {
            services.append(NMEAUDPListener(at: address, keeper: keeper, logger: logger))
        }
        if let address = configuration.tcp {
            services.append(NMEATCPListener(at: address, keeper: keeper, logger: logger))
        }
        if let (host, port) = configuration.dial {
            services.append(NMEAClient(host: host, port: port, keeper: keeper, logger: logger))
        }
        return services
    }

    private static func syslog(
        _ configuration: SyslogConfiguration,
        _ logs: LogIntake,
        clock: WallClock,
        logger: Logger
    ) -> [any Service] {
        var services: [any Service] = []
        if let address = configuration.udp {
            services.append(
                SyslogUDPListener(
                    configuration,
                    at: address,
                    intake: logs,
                    clock: clock,
                    logger: logger
                )
            )
        }
        if let address = configuration.tcp {
            services.append(
                SyslogTCPListener(
                    configuration,
                    at: address,
                    intake: logs,
                    clock: clock,
                    logger: logger
                )
            )
        }
        return services
    }
}
