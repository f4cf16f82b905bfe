import FleetModel
import FleetRuntime

/// Compaction and retention of every tenant, by whichever replica comes first.
package struct Housekeeping: Sendable {
    private let tenants: Tenants
    private let ships: Ships
    private let jobs: Jobs
    private let runner: JobRunner
    private let compaction: Compaction
    private let retentions: Retentions
    private let forwardedTenants: @Sendable () async throws -> Set<TenantID>
    private let clock: WallClock
    private let metrics: JobMetrics

    /// - Parameter forwardedTenants: those whose blocks a target must have before they are compacted.
    package init(
        tenants: Tenants,
        ships: Ships,
        jobs: Jobs,
        runner: JobRunner,
        compaction: Compaction,
        retentions: Retentions,
        forwardedTenants: @escaping @Sendable () async throws -> Set<TenantID>,
        clock: WallClock,
        metrics: JobMetrics
    ) {
        self.tenants = tenants
        self.ships = ships
        self.jobs = jobs
        self.runner = runner
        self.compaction = compaction
        self.retentions = retentions
        self.forwardedTenants = forwardedTenants
        self.clock = clock
        self.metrics = metrics
    }

    /// Late blocks of a day are compacted an hour after the last time, retention is hourly too.
    private static let interval = Duration.seconds(3600)

    /// One round: what is due is done.
    package func run() async throws {
        let forwarded = try await forwardedTenants()
        for tenant in try await tenants.directory() {
            let fleet = try await ships.list(tenant: tenant, visible: .all)
            let wanted =
                fleet.map {
                    Job(tenant: tenant, kind: .compaction, subject: $0.identity.ship.rawValue)
                } + [Job(tenant: tenant, kind: .retention, subject: 0)]
            try await jobs.ensure(wanted, of: tenant, at: clock.now())
            let waits = forwarded.contains(tenant)
            try await runner.runDue(of: tenant, kinds: [.compaction, .retention]) { job in
                if job.kind == .compaction {
                    try await compact(job, waitsForForwarding: waits)
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

    private func compact(_ job: Job, waitsForForwarding: Bool) async throws {
        let outcome = try await compaction.compact(
            ShipIdentity(tenant: job.tenant, ship: ShipID(job.subject)),
            at: clock.now(),
            waitsForForwarding: waitsForForwarding
        )
        metrics.compactedSamples.increment(by: Double(outcome.samples))
        metrics.compactedBytes.increment(by: Double(outcome.bytesBefore), "before")
        metrics.compactedBytes.increment(by: Double(outcome.bytesAfter), "after")
    }
}
