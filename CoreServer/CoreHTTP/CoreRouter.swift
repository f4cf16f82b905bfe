import CoreDeploy
import CoreDomain
import FleetRuntime
import Hummingbird

/// The whole API on one page.
package struct CoreRouter: Sendable {
    package let tokens: AccessTokens
    package let people: PeopleServices
    package let reports: Reports
    package let logs: Logs
    package let ships: Ships
    package let telemetry: Telemetry
    package let ledgers: Ledgers
    package let wants: Wants
    package let clocks: ShipClocks
    package let distributions: Distributions
    package let tenants: Tenants
    package let administration: AdministrationDesk
    package let desk: EnrolmentDesk
    package let audit: AuditLog
    package let vault: TenantVault
    package let health: DatabaseHealth
    package let registry: MetricsRegistry
    package let clock: WallClock
    package let quotas: Quotas
    package let book: QuotaBook
    package let usage: UsageBook
    package let usages: Usages
    package let keys: ServerKeys
    package let mlflow: MLflowDesk
    package let deployments: Deployments
    package let policies: DeployPolicies
    package let revocations: Revocations
    package let syncPort: @Sendable () -> Int

    package init(
        tokens: AccessTokens,
        people: PeopleServices,
        reports: Reports,
        logs: Logs,
        ships: Ships,
        telemetry: Telemetry,
        ledgers: Ledgers,
        wants: Wants,
        clocks: ShipClocks,
        distributions: Distributions,
        tenants: Tenants,
        administration: AdministrationDesk,
        desk: EnrolmentDesk,
        audit: AuditLog,
        vault: TenantVault,
        health: DatabaseHealth,
        registry: MetricsRegistry,
        clock: WallClock,
        quotas: Quotas,
        book: QuotaBook,
        usage: UsageBook,
        usages: Usages,
        keys: ServerKeys,
        mlflow: MLflowDesk,
        deployments: Deployments,
        policies: DeployPolicies,
        revocations: Revocations,
        syncPort: @escaping @Sendable () -> Int
    ) {
        self.tokens = tokens
        self.people = people
        self.reports = reports
        self.logs = logs
        self.ships = ships
        self.telemetry = telemetry
        self.ledgers = ledgers
        self.wants = wants
        self.clocks = clocks
        self.distributions = distributions
        self.tenants = tenants
        self.administration = administration
        self.desk = desk
        self.audit = audit
        self.vault = vault
        self.health = health
        self.registry = registry
        self.clock = clock
        self.quotas = quotas
        self.book = book
        self.usage = usage
        self.usages = usages
        self.keys = keys
        self.mlflow = mlflow
        self.deployments = deployments
        self.policies = policies
        self.revocations = revocations
        self.syncPort = syncPort
    }

    /// Queries with large answers at a time: 100 MB each at the worst.
    private static let largeQueries = 4

    package func router() throws -> Router<APIContext> {
        let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: AccessLog(registry))
        // Open: health, metrics, the way in.
        HealthRoutes(registry: registry, health: health).add(to: router)
        let authentication = Authentication(
            tokens: tokens,
            people: people,
            tenants: tenants,
            clock: clock
        )
        SignInRoutes(people: people, authentication: authentication, clock: clock).add(to: router)
        if let oidc = people.oidc {
            ProviderSignInRoutes(oidc: oidc, clock: clock).add(to: router)
        }
        var api = EndpointRouter(
            router,
            authentication: authentication,
            ships: ships,
            repeats: RepeatedRequests(requests: administration.requests, clock: clock),
            book: book,
            usage: usage
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
        PasswordRoutes(people: people, clock: clock).add(to: &api)
        ReportRoutes(reports: reports, renderer: try ReportRenderer(), clock: clock).add(to: &api)
        LogRoutes(logs: logs, clock: clock).add(to: &api)
        let slots = ReadSlots(limit: Self.largeQueries)
        SeriesRoutes(telemetry: telemetry, slots: slots, clock: clock).add(to: &api)
        DistributionRoutes(distributions: distributions, slots: slots, clock: clock).add(to: &api)
        LedgerRoutes(ledgers: ledgers, clock: clock).add(to: &api)
        WantRoutes(wants: wants, clock: clock).add(to: &api)
        ClockRoutes(clocks: clocks, clock: clock).add(to: &api)
        QuotaRoutes(quotas: quotas, clock: clock).add(to: &api)
        UsageRoutes(usages: usages, tenants: tenants, keys: keys, clock: clock).add(to: &api)
        AuditRoutes(audit: audit, tenants: tenants).add(to: &api)
        KeyRoutes(vault: vault, tenants: tenants, clock: clock).add(to: &api)
        RemoteReadRoutes(remoteRead: RemoteRead(ships: ships, telemetry: telemetry), slots: slots)
            .add(to: &api)
        administration.addEndpoints(tokens, ships, tenants, clock, to: &api)
        mlflow.addEndpoints(clock, to: &api)
        DeploymentRoutes(deployments: deployments, clock: clock).add(to: &api)
        DeployPolicyRoutes(policies: policies, clock: clock).add(to: &api)
        RevocationRoutes(revocations: revocations, clock: clock).add(to: &api)
    }
}
