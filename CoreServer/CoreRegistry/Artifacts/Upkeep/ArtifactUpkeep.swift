import CoreDomain
import FleetModel
import FleetRuntime

/// Collection and scrub of every tenant's artifacts, by whichever replica comes first.
package struct ArtifactUpkeep: Sendable {
    private static let collectEvery = Duration.seconds(300)
    private static let sweepEvery = Duration.seconds(3600)
    /// What is left of a scrub goes on after this.
    private static let scrubPause = Duration.seconds(60)

    private let artifacts: Artifacts
    private let collection: ArtifactCollection
    private let scrub: ArtifactScrub
    private let tenants: Tenants
    private let jobs: Jobs
    private let runner: JobRunner
    private let clock: WallClock
    private let swept: SweepBook

    /// - Parameter startedAt: when this process began.
    package init(
        artifacts: Artifacts,
        tenants: Tenants,
        jobs: Jobs,
        runner: JobRunner,
        clock: WallClock,
        startedAt: Timestamp
    ) {
        self.artifacts = artifacts
        collection = ArtifactCollection(artifacts, startedAt: startedAt)
        scrub = ArtifactScrub(artifacts)
        self.tenants = tenants
        self.jobs = jobs
        self.runner = runner
        self.clock = clock
        swept = SweepBook()
    }

    /// One round: what is due is done.
    package func run() async throws {
        for tenant in try await tenants.directory() {
            // A store of this machine has no other to sweep it, and is swept at the start.
            if await swept.isDue(tenant, at: clock.now(), every: Self.sweepEvery) {
                try await collection.sweep(tenant, at: clock.now())
            }
            try await jobs.ensure(
                [.artifactCollection, .artifactScrub].map {
                    Job(tenant: tenant, kind: $0, subject: 0)
                },
                of: tenant,
                at: clock.now()
            )
            try await runner.runDue(of: tenant, kinds: [.artifactCollection, .artifactScrub]) {
                job in
                if job.kind == .artifactCollection {
                    try await collection.collect(tenant, at: clock.now())
                    return Self.collectEvery
                }
                let now = clock.now()
                let hasMore = try await scrub.run(
                    tenant,
                    before: now - ArtifactLimits.scrubEvery,
                    damagedBefore: now - ArtifactLimits.uploadLife
                )
                return hasMore ? Self.scrubPause : Self.sweepEvery
            }
        }
        try await collection.removeDeleted(at: clock.now())
    }
}

/// When each tenant's store was last swept by this process.
private actor SweepBook {
    private var sweptAt: [TenantID: Timestamp] = [:]

    func isDue(_ tenant: TenantID, at now: Timestamp, every interval: Duration) -> Bool {
        if let last = sweptAt[tenant], now - last < interval { return false }
        sweptAt[tenant] = now
        return true
    }
}
