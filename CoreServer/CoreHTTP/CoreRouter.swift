import CoreDomain
import FleetRuntime
import Hummingbird

/// The whole API on one page.
package struct CoreRouter: Sendable {
    package let tokens: AccessTokens
    package let reports: Reports
    package let logs: Logs
    package let ships: Ships
    package let telemetry: Telemetry
    package let ledgers: Ledgers
    package let wants: Wants
    package let clocks: ShipClocks
    package let distributions: Distributions
    package let tenants: Tenants
    package let desk: EnrolmentDesk
    package let health: DatabaseHealth
    package let registry: MetricsRegistry
    package let clock: WallClock
    package let syncPort: @Sendable () -> Int

    package init(
        tokens: AccessTokens,
        reports: Reports,
        logs: Logs,
        ships: Ships,
        telemetry: Telemetry,
        ledgers: Ledgers,
        wants: Wants,
        clocks: ShipClocks,
        distributions: Distributions,
        tenants: Tenants,
        desk: EnrolmentDesk,
        health: DatabaseHealth,
        registry: MetricsRegistry,
        clock: WallClock,
        syncPort: @escaping @Sendable () -> Int
    ) {
        self.tokens = tokens
        self.reports = reports
        self.logs = logs
        self.ships = ships
        self.telemetry = telemetry
        self.ledgers = ledgers
        self.wants = wants
        self.clocks = clocks
        self.distributions = distributions
        self.tenants = tenants
        self.desk = desk
        self.health = health
        self.registry = registry
        self.clock = clock
        self.syncPort = syncPort
    }

    /// Queries with large answers at a time: 100 MB each at the worst.
    private static let largeQueries = 4

    package func router() throws -> Router<APIContext> {
        let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: AccessLog(registry))
        // Open: health, metrics, the way in.
        HealthRoutes(registry: registry, health: health).add(to: router)
        SignInRoutes(tokens: tokens, clock: clock).add(to: router)
        EnrolmentRoutes(desk: desk, tenants: tenants, clock: clock, syncPort: syncPort)
            .add(to: router.group("api/v1"))
        // Behind a token.
        let authenticated = router.group("api/v1")
            .add(middleware: Authentication(tokens: tokens, clock: clock))
        ReportRoutes(reports: reports, renderer: try ReportRenderer(), clock: clock)
            .add(to: authenticated)
        LogRoutes(logs: logs, ships: ships, clock: clock).add(to: authenticated)
        let slots = ReadSlots(limit: Self.largeQueries)
        SeriesRoutes(ships: ships, telemetry: telemetry, slots: slots, clock: clock)
            .add(to: authenticated)
        DistributionRoutes(distributions: distributions, slots: slots, clock: clock)
            .add(to: authenticated)
        LedgerRoutes(ships: ships, ledgers: ledgers, clock: clock).add(to: authenticated)
        WantRoutes(ships: ships, wants: wants, clock: clock).add(to: authenticated)
        ClockRoutes(ships: ships, clocks: clocks, clock: clock).add(to: authenticated)
        RemoteReadRoutes(remoteRead: RemoteRead(ships: ships, telemetry: telemetry), slots: slots)
            .add(to: authenticated)
        return router
    }
}
