import CoreDomain
import CoreHTTP
import CorePostgres
import CoreRegistry
import CoreSync
import FleetIdentity
import FleetModel
import FleetRuntime
import Logging
import ServiceLifecycle

/// The composition root: everything ashore, built in the order of its dependencies.
struct CoreServices: Sendable {
    let tenants: Tenants
    let ships: Ships
    let tokens: AccessTokens
    let people: PeopleServices
    let desk: EnrolmentDesk
    let keys: ServerKeys
    private let signingKey: SigningKey
    /// Signs what goes to ships.
    private let releaseKey: SigningKey
    private let quota: Quota
    private let authorities: TenantAuthorities
    private let database: DatabaseAccess
    private let clock: WallClock

    init(
        _ database: DatabaseAccess,
        data: String,
        quota: Quota,
        identity: CoreServerConfiguration.Identity = .init(),
        clock: WallClock
    ) throws {
        self.database = database
        self.clock = clock
        self.quota = quota
        keys = try ServerKeys(directory: data + "/authority", at: clock.now())
        signingKey = try SigningKey(directory: data + "/authority")
        releaseKey = try SigningKey(directory: data + "/authority/release")
        authorities = TenantAuthorities(pool: database.pool, keys: keys)
        tenants = Tenants(pool: database.pool, authorities: authorities)
        ships = Ships(pool: database.pool, keys: keys, standard: quota)
        tokens = AccessTokens(pool: database.pool)
        let sessions = Sessions(pool: database.pool)
        let passwords = Passwords(pool: database.pool, checks: try PasswordChecks())
        let throttle = SignInThrottle()
        people = PeopleServices(
            sessions: sessions,
            passwords: passwords,
            signIn: SignIn(
                tenants: tenants,
                tokens: tokens,
                passwords: passwords,
                sessions: sessions,
                throttle: throttle,
                clock: clock
            ),
            oidc: identity.providers.isEmpty
                ? nil
                : OIDCSignIn(
                    providers: identity.providers,
                    publicURL: identity.publicURL,
                    pool: database.pool,
                    tenants: tenants,
                    sessions: sessions,
                    throttle: throttle,
                    transport: OIDCClient(),
                    clock: clock
                )
        )
        desk = EnrolmentDesk(pool: database.pool, authorities: authorities)
    }

    /// What `serve` runs: later services depend on earlier ones.
    func services(
        _ configuration: CoreServerConfiguration,
        endpoints: Endpoints,
        logger: Logger
    ) throws -> [any Service] {
        let registry = MetricsRegistry()
        ProcessMetrics.register(in: registry)
        // A new certificate at each start: nothing to renew, and the ships pin the authority.
        let shoreKey = PrivateKey()
        let certificate = try keys.authority.issueShore(
            hosts: configuration.publicHosts,
            key: shoreKey,
            at: clock.now()
        )
        let chain = [certificate.pem, keys.authority.certificate.pem]
        let revocations = Revocations()
        let bell = WantBell()
        let telemetry = Telemetry(pool: database.pool)
        let book = QuotaBook(pool: database.pool, standard: quota, clock: clock, registry: registry)
        let usage = UsageBook(pool: database.pool, clock: clock, logger: logger)
        let objects = configuration.artifacts.bucket == nil ? nil : S3HTTPClient()
        let artifacts = Artifacts(
            pool: database.pool,
            vault: TenantVault(pool: database.pool, keys: keys),
            store: try configuration.artifacts.store(
                data: configuration.data,
                transport: objects,
                clock: clock
            ),
            book: book,
            clock: clock,
            metrics: ArtifactMetrics(registry),
            logger: logger
        )
        let sync = SyncServer(
            SyncServer.Configuration(
                host: configuration.syncListen.host,
                port: configuration.syncListen.port,
                certificateChain: chain,
                privateKey: shoreKey.pem
            ),
            desk: desk,
            ingest: Ingest(
                pool: database.pool,
                clock: clock,
                metrics: IngestMetrics(registry),
                standard: quota,
                gate: IngestGate(book: book, usage: usage),
                auditKeys: keys.auditKeys
            ),
            revocations: revocations,
            bell: bell,
            metrics: SyncMetrics(registry),
            clock: clock,
            logger: logger,
            onListening: { endpoints.syncListens(on: $0) }
        )
        var edge = APIServer.Configuration(
            host: configuration.listen.host,
            port: configuration.listen.port,
            certificateChain: chain,
            privateKey: shoreKey.pem
        )
        edge.connections = configuration.apiConnections
        edge.connectionsPerAddress = configuration.apiConnectionsPerAddress
        let api = try APIServer.make(
            edge,
            router: CoreRouter(
                tokens: tokens,
                people: people,
                reports: Reports(
                    pool: database.pool,
                    telemetry: telemetry,
                    tenants: tenants,
                    clock: clock
                ),
                logs: Logs(pool: database.pool),
                ships: ships,
                telemetry: telemetry,
                ledgers: Ledgers(pool: database.pool),
                wants: Wants(pool: database.pool),
                clocks: ShipClocks(pool: database.pool),
                distributions: Distributions(
                    pool: database.pool,
                    ships: ships,
                    telemetry: telemetry
                ),
                tenants: tenants,
                administration: AdministrationDesk(
                    users: Users(pool: database.pool),
                    bindings: Bindings(pool: database.pool),
                    fleets: Fleets(pool: database.pool),
                    policies: LabelPolicies(pool: database.pool),
                    retentions: retentions(standard: configuration.retention),
                    requests: IdempotentRequests(pool: database.pool)
                ),
                desk: desk,
                audit: AuditLog(pool: database.pool, keys: keys, clock: clock),
                vault: TenantVault(pool: database.pool, keys: keys),
                health: DatabaseHealth(pool: database.pool),
                registry: registry,
                clock: clock,
                quotas: Quotas(pool: database.pool, standard: quota),
                book: book,
                usage: usage,
                usages: Usages(pool: database.pool),
                signingKey: signingKey,
                mlflow: MLflowDesk(
                    experiments: Experiments(pool: database.pool),
                    runs: Runs(pool: database.pool),
                    loggedModels: LoggedModels(pool: database.pool),
                    models: RegisteredModels(pool: database.pool),
                    versions: ModelVersions(pool: database.pool, releaseKey: releaseKey),
                    gates: Gates(pool: database.pool),
                    promotions: Promotions(pool: database.pool),
                    artifacts: artifacts,
                    signer: ArtifactSigner(keys: keys)
                ),
                syncPort: { endpoints.syncPort }
            ),
            logger: logger,
            onListening: { endpoints.apiListens(on: $0) }
        )
        let listener = RevocationListener(
            notifications: PostgresListener(
                connectionString: database.connectionString,
                role: database.role,
                channel: Ships.revocationChannel,
                logger: logger
            ),
            revocations: revocations
        )
        let wants = WantListener(
            notifications: PostgresListener(
                connectionString: database.connectionString,
                role: database.role,
                channel: Wants.channel,
                logger: logger
            ),
            bell: bell
        )
        let upkeep = upkeep(configuration, artifacts, registry: registry, logger: logger)
        let first: [any Service] = objects.map { [database.pool, $0] } ?? [database.pool]
        return first + [usage, listener, wants] + upkeep + [sync, api]
    }

    func retentions(standard: Retention) -> Retentions {
        Retentions(pool: database.pool, standard: standard)
    }

    /// What goes on behind: compaction, retention, forwarding.
    private func upkeep(
        _ configuration: CoreServerConfiguration,
        _ artifacts: Artifacts,
        registry: MetricsRegistry,
        logger: Logger
    ) -> [any Service] {
        // No other process is called so, not even this one's next life.
        let owner = "core-server-\(UInt64.random(in: 0...UInt64.max))"
        let jobs = Jobs(pool: database.pool, owner: owner)
        let metrics = JobMetrics(registry)
        let runner = JobRunner(jobs: jobs, clock: clock, metrics: metrics, logger: logger)
        let forwarder = Forwarder(
            pool: database.pool,
            tenants: tenants,
            ships: ships,
            targets: configuration.forward,
            jobs: jobs,
            runner: runner,
            clock: clock,
            metrics: ForwardingMetrics(registry),
            logger: logger
        )
        let housekeeping = Housekeeping(
            tenants: tenants,
            ships: ships,
            jobs: jobs,
            runner: runner,
            compaction: Compaction(pool: database.pool),
            rollups: RollupCompaction(pool: database.pool),
            retentions: retentions(standard: configuration.retention),
            usages: Usages(pool: database.pool),
            targetsByTenant: { try await forwarder.targetsByTenant() },
            clock: clock,
            metrics: metrics
        )
        let periodic = PeriodicService(
            name: "housekeeping",
            interval: .seconds(30),
            logger: logger
        ) {
            try await housekeeping.run()
        }
        let sealer = AuditSealer(pool: database.pool, keys: keys, clock: clock)
        let sealing = PeriodicService(
            name: "audit-sealing",
            interval: .seconds(10),
            logger: logger
        ) { [tenants] in
            try await sealer.run(tenants: tenants, jobs: jobs, runner: runner)
        }
        let keyUpkeep = TenantKeyUpkeep(
            tenants: tenants,
            vault: TenantVault(pool: database.pool, keys: keys),
            authorities: authorities,
            clock: clock
        )
        let resealing = PeriodicService(
            name: "key-upkeep",
            interval: .seconds(60),
            logger: logger
        ) {
            try await keyUpkeep.run()
        }
        let artifactUpkeep = ArtifactUpkeep(
            artifacts: artifacts,
            tenants: tenants,
            jobs: jobs,
            runner: runner,
            clock: clock,
            startedAt: clock.now()
        )
        let collecting = PeriodicService(
            name: "artifact-upkeep",
            interval: .seconds(30),
            logger: logger
        ) {
            try await artifactUpkeep.run()
        }
        let always: [any Service] = [periodic, sealing, resealing, collecting]
        return configuration.forward.isEmpty
            ? always : always + [ForwardingService(forwarder: forwarder)]
    }
}
