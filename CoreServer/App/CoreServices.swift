import CoreDeploy
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
    private let failures: FailedSignIns
    let desk: EnrolmentDesk
    let keys: ServerKeys
    /// Signs what goes to ships.
    private let releaseKey: ReleaseKey
    /// Where the installation's keys lie.
    let authority: String
    /// Sign what ships are ordered.
    let directiveKeys: DirectiveKeyring
    private let quota: Quota
    private let authorities: TenantAuthorities
    let database: DatabaseAccess
    let clock: WallClock

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
        authority = data + "/authority"
        keys = try ServerKeys(directory: data + "/authority", at: clock.now())
        releaseKey = try ReleaseKey(directory: data + "/authority")
        directiveKeys = try DirectiveKeyFile.load(directory: data + "/authority")
        let pool = database.pool(.api)
        authorities = TenantAuthorities(pool: database.pool(.ingress), keys: keys)
        tenants = Tenants(pool: pool, authorities: authorities)
        ships = Ships(pool: pool, keys: keys, standard: quota)
        tokens = AccessTokens(pool: pool)
        let sessions = Sessions(pool: pool)
        let passwords = Passwords(pool: pool, checks: try PasswordChecks())
        let throttle = SignInThrottle()
        failures = FailedSignIns(
            pool: pool,
            clock: clock,
            logger: Logger(label: "core-server")
        )
        people = PeopleServices(
            sessions: sessions,
            passwords: passwords,
            signIn: SignIn(
                tenants: tenants,
                tokens: tokens,
                passwords: passwords,
                sessions: sessions,
                throttle: throttle,
                failures: failures,
                clock: clock
            ),
            oidc: identity.providers.isEmpty
                ? nil
                : OIDCSignIn(
                    providers: identity.providers,
                    publicURL: identity.publicURL,
                    pool: pool,
                    tenants: tenants,
                    sessions: sessions,
                    throttle: throttle,
                    transport: { OIDCClient(authorityFile: $0.authorityFile) },
                    clock: clock
                )
        )
        desk = EnrolmentDesk(pool: database.pool(.ingress), authorities: authorities)
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
        let supervisor = database.supervisor(
            restarts: registry.counter(
                "hawser_database_restarts_total",
                help: "How often the embedded PostgreSQL had ended and was started again."
            ),
            logger: logger
        )
        let revocations = Revocations()
        let (bell, orderBell) = (ShipBell(), ShipBell())
        let (pool, reading) = (database.pool(.api), database.pool(.reports))
        let ingress = database.pool(.ingress)
        let telemetry = Telemetry(pool: reading)
        let book = QuotaBook(pool: ingress, standard: quota, clock: clock, registry: registry)
        let usage = UsageBook(pool: ingress, clock: clock, logger: logger)
        let objects = configuration.artifacts.bucket == nil ? nil : S3HTTPClient()
        let store = try configuration.artifacts.store(
            data: configuration.data,
            transport: objects,
            clock: clock
        )
        let artifactMetrics = ArtifactMetrics(registry)
        let (artifacts, keptArtifacts, sentArtifacts) = (
            artifacts(pool, store, book, artifactMetrics, logger),
            artifacts(database.pool(.scheduler), store, book, artifactMetrics, logger),
            artifacts(ingress, store, book, artifactMetrics, logger)
        )
        let sender = WebhookSender(
            targets: configuration.webhooks.targets,
            transport: WebhookClient(authorityFile: configuration.webhooks.authorityFile),
            clock: clock
        )
        let sync = SyncServer(
            SyncServer.Configuration(
                host: configuration.syncListen.host,
                port: configuration.syncListen.port,
                // Ships hold the authority's: half a kilobyte less of every contact.
                certificateChain: [certificate.pem],
                privateKey: shoreKey.pem
            ),
            desk: desk,
            ingest: Ingest(
                pool: ingress,
                clock: clock,
                metrics: IngestMetrics(registry),
                standard: quota,
                gate: IngestGate(book: book, usage: usage),
                auditKeys: keys.publicKeys,
                listener: OutcomeBook()
            ),
            revocations: revocations,
            bell: bell,
            orders: orders(
                bell: orderBell,
                artifacts: sentArtifacts,
                policyServer: configuration.policyServer
            ),
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
                    pool: reading,
                    telemetry: telemetry,
                    tenants: tenants,
                    clock: clock
                ),
                logs: Logs(pool: reading),
                ships: ships,
                telemetry: telemetry,
                ledgers: Ledgers(pool: reading),
                wants: Wants(pool: pool),
                clocks: ShipClocks(pool: reading),
                distributions: Distributions(
                    pool: reading,
                    ships: ships,
                    telemetry: telemetry
                ),
                tenants: tenants,
                administration: AdministrationDesk(
                    users: Users(pool: pool),
                    bindings: Bindings(pool: pool),
                    fleets: Fleets(pool: pool),
                    policies: LabelPolicies(pool: pool),
                    retentions: Retentions(pool: pool, standard: configuration.retention),
                    requests: IdempotentRequests(pool: pool)
                ),
                desk: desk,
                audit: AuditLog(pool: pool, keys: keys, clock: clock),
                vault: TenantVault(pool: pool, keys: keys),
                health: DatabaseHealth(pool: reading) { supervisor?.isRestarting ?? false },
                registry: registry,
                clock: clock,
                quotas: Quotas(pool: pool, standard: quota),
                book: book,
                usage: usage,
                usages: Usages(pool: pool),
                keys: keys,
                mlflow: MLflowDesk(
                    experiments: Experiments(pool: pool),
                    runs: Runs(pool: pool),
                    loggedModels: LoggedModels(pool: pool),
                    models: RegisteredModels(pool: pool),
                    versions: ModelVersions(pool: pool, releaseKey: releaseKey),
                    gates: Gates(pool: pool),
                    promotions: Promotions(pool: pool),
                    artifacts: artifacts,
                    signer: ArtifactSigner(keys: keys),
                    webhooks: Webhooks(
                        pool: pool,
                        vault: TenantVault(pool: pool, keys: keys),
                        sender: sender,
                        clock: clock
                    ),
                    bundles: Bundles(
                        pool: pool,
                        versions: ModelVersions(pool: pool, releaseKey: releaseKey),
                        artifacts: artifacts
                    ),
                    catalogue: ModelCatalogue(pool: pool)
                ),
                deployments: Deployments(pool: pool),
                policies: DeployPolicies(pool: pool),
                revocations: Revocations(pool: pool),
                syncPort: { endpoints.syncPort }
            ),
            logger: logger,
            onListening: { endpoints.apiListens(on: $0) }
        )
        let listener = RevocationListener(
            notifications: PostgresListener(
                connectionString: database.listenerConnectionString,
                role: database.listenerRole,
                channel: Ships.revocationChannel,
                logger: logger
            ),
            revocations: revocations
        )
        let wants = BellListener(
            notifications: PostgresListener(
                connectionString: database.listenerConnectionString,
                role: database.listenerRole,
                channel: Wants.channel,
                logger: logger
            ),
            bell: bell
        )
        let ordered = orderListener(bell: orderBell, logger: logger)
        let upkeep = try upkeep(configuration, keptArtifacts, registry: registry, logger: logger)
        let couriers = webhookServices(
            sender,
            pool: database.pool(.scheduler),
            registry: registry,
            clock: clock,
            logger: logger
        )
        // It ends last, so that the others find a database until they are done.
        var first: [any Service] = supervisor.map { [$0] } ?? []
        first += database.all as [any Service]
        if let objects { first.append(objects) }
        return first + [usage, failures, listener, wants, ordered] + upkeep + couriers + [
            sync, api,
        ]
    }

    private func artifacts(
        _ pool: PostgresPool,
        _ store: any BlobStore,
        _ book: QuotaBook,
        _ metrics: ArtifactMetrics,
        _ logger: Logger
    ) -> Artifacts {
        Artifacts(
            pool: pool,
            vault: TenantVault(pool: pool, keys: keys),
            store: store,
            book: book,
            clock: clock,
            metrics: metrics,
            logger: logger
        )
    }

    func retentions(standard: Retention) -> Retentions {
        Retentions(pool: database.pool(.api), standard: standard)
    }

    /// What goes on behind: compaction, retention, forwarding.
    private func upkeep(
        _ configuration: CoreServerConfiguration,
        _ artifacts: Artifacts,
        registry: MetricsRegistry,
        logger: Logger
    ) throws -> [any Service] {
        // No other process is called so, not even this one's next life.
        let owner = "core-server-\(UInt64.random(in: 0...UInt64.max))"
        let pool = database.pool(.scheduler)
        // The ships' door forgets who is deleted; keys are sealed anew by upkeep itself.
        let tenants = Tenants(pool: pool, authorities: authorities)
        let ships = Ships(pool: pool, keys: keys)
        let jobs = Jobs(pool: pool, owner: owner)
        let metrics = JobMetrics(registry)
        let runner = JobRunner(jobs: jobs, clock: clock, metrics: metrics, logger: logger)
        let forwarder = Forwarder(
            pool: pool,
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
            compaction: Compaction(pool: pool),
            rollups: RollupCompaction(pool: pool),
            retentions: Retentions(pool: pool, standard: configuration.retention),
            usages: Usages(pool: pool),
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
        let sealer = AuditSealer(pool: pool, keys: keys, clock: clock)
        let sealing = PeriodicService(
            name: "audit-sealing",
            interval: .seconds(10),
            logger: logger
        ) {
            try await sealer.run(tenants: tenants, jobs: jobs, runner: runner)
        }
        let keyUpkeep = TenantKeyUpkeep(
            tenants: tenants,
            vault: TenantVault(pool: pool, keys: keys),
            authorities: TenantAuthorities(pool: pool, keys: keys),
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
        let deltas = try deltaFactory(
            data: configuration.data,
            artifacts: artifacts,
            tenants: tenants,
            jobs: jobs,
            runner: runner,
            registry: registry,
            logger: logger
        )
        let steps = deploymentSteps(
            artifacts: artifacts,
            tenants: tenants,
            jobs: jobs,
            runner: runner,
            logger: logger
        )
        let always: [any Service] = [periodic, sealing, resealing, collecting, deltas, steps]
        return configuration.forward.isEmpty
            ? always : always + [ForwardingService(forwarder: forwarder)]
    }
}
