import CorePostgres
import FleetModel
import FleetRuntime
import Logging
import ServiceLifecycle

/// Sends what ships sent onward, by remote_write, at least once.
///
/// A cursor in the database follows the blocks in the order of their commits, so a sample's own time
/// does not matter: what a ship brings after a month at sea is sent like the rest. The cursor moves
/// when a target has acknowledged; what was sent and not noted is sent again.
package struct Forwarder: Sendable {
    /// How long after a round, in which all was sent, the next begins.
    private static let pause = Duration.seconds(2)

    private let pool: PostgresPool
    private let tenants: Tenants
    private let ships: Ships
    private let targets: [ForwardingTarget]
    private let jobs: Jobs
    private let runner: JobRunner
    private let clock: WallClock
    private let metrics: ForwardingMetrics
    private let logger: Logger

    package init(
        pool: PostgresPool,
        tenants: Tenants,
        ships: Ships,
        targets: [ForwardingTarget],
        jobs: Jobs,
        runner: JobRunner,
        clock: WallClock,
        metrics: ForwardingMetrics,
        logger: Logger
    ) {
        self.pool = pool
        self.tenants = tenants
        self.ships = ships
        self.targets = targets
        self.jobs = jobs
        self.runner = runner
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
    }

    /// The names of each tenant's targets. A tenant that does not exist yet has none.
    package func targetsByTenant() async throws -> [TenantID: [String]] {
        var found: [TenantID: [String]] = [:]
        for target in targets {
            if let tenant = try await tenant(of: target) {
                found[tenant, default: []].append(target.name)
            }
        }
        return found
    }

    private func tenant(of target: ForwardingTarget) async throws -> TenantID? {
        do {
            return try await tenants.find(name: target.tenant).id
        } catch let error as DomainError {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    /// Follows all targets side by side until the process is to end: one that is down holds no
    /// other up.
    package func run(_ transport: some ForwardingTransport) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for target in targets {
                let service = PeriodicService(
                    name: "forwarding to \(target.name)",
                    interval: Self.pause,
                    logger: logger
                ) {
                    try await round(target, transport)
                }
                group.addTask { try await service.run() }
            }
        }
    }

    private func round(
        _ target: ForwardingTarget,
        _ transport: some ForwardingTransport
    ) async throws {
        guard let tenant = try await tenant(of: target) else { return }
        let kind = Job.Kind.forwarding(to: target.name)
        let job = Job(tenant: tenant, kind: kind, subject: 0)
        try await jobs.ensure([job], of: tenant, at: clock.now())
        try await runner.runDue(of: tenant, kinds: [kind]) { _ in
            try await forward(target, tenant, transport)
            return Self.pause
        }
    }

    /// Sends everything that waits.
    package func forward(
        _ target: ForwardingTarget,
        _ tenant: TenantID,
        _ transport: some ForwardingTransport
    ) async throws {
        var place = try await open(target, tenant)
        var series = ForwardedSeries(tenant: tenant, ships: try await ships.list(tenant: tenant))
        while !Task.isShuttingDownGracefully {
            let (behind, known) = (place, series)
            let read = try await pool.transaction(tenant: tenant, readOnly: true) { connection in
                var series = known
                let page = try ForwardingPage.read(
                    behind: behind,
                    tenant: tenant,
                    series: &series,
                    connection
                )
                return (page: page, series: series)
            }
            guard let page = read.page else { return }
            series = read.series
            var (sent, refused) = (0, 0)
            for request in page.requests {
                switch try await deliver(request, target, transport) {
                case .accepted: sent += request.sampleCount
                case .refused: refused += request.sampleCount
                case .later: return
                }
            }
            try await move(target, tenant, to: page.end, sent: sent, refused: refused)
            place = page.end
        }
    }

    /// Sends one request until it is taken or refused; `.later` only where the process is to end.
    private func deliver(
        _ request: ForwardingPage.Request,
        _ target: ForwardingTarget,
        _ transport: some ForwardingTransport
    ) async throws -> ForwardingAnswer {
        var backoff = Backoff(floor: .milliseconds(500), ceiling: .seconds(60))
        while true {
            try Task.checkCancellation()
            let answer = try await transport.send(request.body, to: target)
            switch answer {
            case .accepted:
                metrics.waiting.set(0, target.name)
                metrics.samples.increment(by: request.sampleCount, target.name)
                return answer
            case .refused(let status, let reason):
                metrics.waiting.set(0, target.name)
                metrics.refused.increment(by: request.sampleCount, target.name, "\(status)")
                logger.error(
                    "a forwarding target refused samples for good; they stay here",
                    metadata: [
                        "target": "\(target.name)", "status": "\(status)",
                        LogKey.reason: "\(reason)", "samples": "\(request.sampleCount)",
                    ]
                )
                return answer
            case .later:
                metrics.waiting.set(1, target.name)
                metrics.retries.increment(target.name)
                let delay = backoff.next(random: .random(in: 0..<1))
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: delay) }
                if Task.isShuttingDownGracefully { return answer }
            }
        }
    }

    private func open(
        _ target: ForwardingTarget,
        _ tenant: TenantID
    ) async throws -> ForwardingPlace {
        let now = clock.now()
        return try await pool.transaction(tenant: tenant) { [logger] connection in
            let key: [PostgresValue] = [.int64(tenant.rawValue), .text(target.name)]
            let start = ForwardingPlace()
            let values = key + start.values + [.timestamp(now)]
            _ = try connection.execute(ForwardingQueries.ensure, values: values)
            if try connection.executeCount(ForwardingQueries.restart, values: values) > 0 {
                _ = try connection.execute(
                    ForwardingQueries.renumber,
                    .int64(tenant.rawValue)
                )
                logger.warning(
                    "the database was restored into another cluster: what is not compacted is sent again",
                    metadata: ["target": "\(target.name)"]
                )
            }
            return try connection.execute(ForwardingQueries.find, values: key).first
                .map { try ForwardingPlace($0) } ?? start
        }
    }

    private func move(
        _ target: ForwardingTarget,
        _ tenant: TenantID,
        to place: ForwardingPlace,
        sent: Int,
        refused: Int
    ) async throws {
        let now = clock.now()
        try await pool.transaction(tenant: tenant) { connection in
            _ = try connection.execute(
                ForwardingQueries.move,
                values: [.int64(tenant.rawValue), .text(target.name)] + place.values + [
                    .int64(Int64(sent)), .int64(Int64(refused)), .timestamp(now),
                ]
            )
        }
    }
}
