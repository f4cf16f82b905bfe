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
    package let audit: AuditLog
    package let vault: TenantVault
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
        audit: AuditLog,
        vault: TenantVault,
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
        self.audit = audit
        self.vault = vault
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
        var api = EndpointRouter(
            router,
            authentication: Authentication(tokens: tokens, tenants: tenants, clock: clock),
            ships: ships
        )
        try addEndpoints(to: &api)
        let document = OpenAPIDocument(api.endpoints).text
        router.get("openapi.json") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "application/json", .cacheControl: "max-age=300"],
                body: .init(byteBuffer: ByteBuffer(string: document))
            )
        }
        return router
    }

    /// Everything below `/api/v1`.
    private func addEndpoints(to api: inout EndpointRouter) throws {
        EnrolmentRoutes(desk: desk, tenants: tenants, clock: clock, syncPort: syncPort)
            .add(to: &api)
        ReportRoutes(reports: reports, renderer: try ReportRenderer(), clock: clock).add(to: &api)
        LogRoutes(logs: logs, clock: clock).add(to: &api)
        let slots = ReadSlots(limit: Self.largeQueries)
        SeriesRoutes(telemetry: telemetry, slots: slots, clock: clock).add(to: &api)
        DistributionRoutes(distributions: distributions, slots: slots, clock: clock).add(to: &api)
        LedgerRoutes(ledgers: ledgers, clock: clock).add(to: &api)
        WantRoutes(wants: wants, clock: clock).add(to: &api)
        ClockRoutes(clocks: clocks, clock: clock).add(to: &api)
        AuditRoutes(audit: audit, tenants: tenants).add(to: &api)
        KeyRoutes(vault: vault, tenants: tenants, clock: clock).add(to: &api)
        RemoteReadRoutes(remoteRead: RemoteRead(ships: ships, telemetry: telemetry), slots: slots)
            .add(to: &api)
    }
}
