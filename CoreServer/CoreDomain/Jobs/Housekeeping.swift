import FleetModel
import FleetRuntime

/// Compaction and retention of every tenant, by whichever replica comes first.
package struct Housekeeping: Sendable {
    private let tenants: Tenants
    private let ships: Ships
    private let jobs: Jobs
    private let runner: JobRunner
    private let compaction: Compaction
    private let rollups: RollupCompaction
    private let retentions: Retentions
    private let usages: Usages
    private let targetsByTenant: @Sendable () async throws -> [TenantID: [String]]
    private let clock: WallClock
    private let metrics: JobMetrics

    /// - Parameter targetsByTenant: which targets must have a tenant's blocks before they are compacted.
    package init(
        tenants: Tenants,
        ships: Ships,
        jobs: Jobs,
        runner: JobRunner,
        compaction: Compaction,
        rollups: RollupCompaction,
        retentions: Retentions,
        usages: Usages,
        targetsByTenant: @escaping @Sendable () async throws -> [TenantID: [String]],
        clock: WallClock,
        metrics: JobMetrics
    ) {
        self.tenants = tenants
        self.ships = ships
        self.jobs = jobs
        self.runner = runner
        self.compaction = compaction
        self.rollups = rollups
        self.retentions = retentions
        self.usages = usages
        self.targetsByTenant = targetsByTenant
        self.clock = clock
        self.metrics = metrics
    }

    /// Late blocks of a day are compacted an hour after the last time, retention is hourly too.
    private static let interval = Duration.seconds(3600)
    /// A limit of storage holds within this, and so does a day's last word.
    private static let usageInterval = Duration.seconds(600)

    /// One round: what is due is done.
    package func run() async throws {
        try await tenants.finishEnds(at: clock.now())
        let directory = try await tenants.directory()
        // After the directory: a tenant that came between would be taken for one without targets.
        let forwarded = try await targetsByTenant()
        for tenant in directory {
            let fleet = try await ships.list(tenant: tenant, visible: .all)
            let wanted =
                fleet.flatMap { ship in
                    [Job.Kind.compaction, .rollupCompaction].map {
                        Job(tenant: tenant, kind: $0, subject: ship.identity.ship.rawValue)
                    }
                } + [
                    Job(tenant: tenant, kind: .retention, subject: 0),
                    Job(tenant: tenant, kind: .usage, subject: 0),
                ]
            try await jobs.ensure(wanted, of: tenant, at: clock.now())
            let targets = forwarded[tenant] ?? []
            try await runner.runDue(
                of: tenant,
                kinds: [.compaction, .rollupCompaction, .retention, .usage]
            ) { job in
                if job.kind == .usage {
                    try await usages.measure(tenant, at: clock.now())
                    return Self.usageInterval
                }
                if job.kind == .compaction {
                    try await compact(job, waitingFor: targets)
                } else if job.kind == .rollupCompaction {
                    try await compactRollups(job)
                } else {
                    let deleted = try await retentions.enforce(
                        on: tenant,
                        ships: fleet,
                        at: clock.now()
                    )
                    metrics.deletedRows.increment(by: Double(deleted))
                }
                return Self.interval
            }
        }
    }

    private func compact(_ job: Job, waitingFor targets: [String]) async throws {
        let outcome = try await compaction.compact(
            ShipIdentity(tenant: job.tenant, ship: ShipID(job.subject)),
            at: clock.now(),
            waitingFor: targets
        )
        metrics.compactedSamples.increment(by: Double(outcome.samples))
        metrics.compactedBytes.increment(by: Double(outcome.bytesBefore), "before")
        metrics.compactedBytes.increment(by: Double(outcome.bytesAfter), "after")
    }

    private func compactRollups(_ job: Job) async throws {
        let outcome = try await rollups.compact(
            ShipIdentity(tenant: job.tenant, ship: ShipID(job.subject)),
            at: clock.now()
        )
        metrics.compactedRollups.increment(by: Double(outcome.rollups))
    }
}
