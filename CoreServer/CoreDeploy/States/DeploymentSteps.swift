import CoreDomain
import CorePostgres
import Crypto
import FleetDeploy
import FleetModel
import FleetRuntime
import FoundationEssentials

/// Takes deployments on by themselves: opens waves, asks their gates, stops and finishes.
package struct DeploymentSteps: Sendable {
    /// Whether what a deployment's waves need is built: the tree, and the trees that ships have to begin
    /// from.
    package typealias Preparation =
        @Sendable (TenantID, TreeDigest, [TreeDigest]) async throws -> Bool

    /// From one look at a tenant's deployments to the next.
    package static let interval = Duration.seconds(5)
    private static let linkInterval = Duration.seconds(3600)

    private let pool: PostgresPool
    private let clock: WallClock
    private let isPrepared: Preparation

    package init(pool: PostgresPool, clock: WallClock, isPrepared: @escaping Preparation) {
        self.pool = pool
        self.clock = clock
        self.isPrepared = isPrepared
    }

    /// One round over all tenants.
    package func run(tenants: Tenants, jobs: Jobs, runner: JobRunner) async throws {
        for tenant in try await tenants.directory() {
            try await jobs.ensure(
                [
                    Job(tenant: tenant, kind: .deployments, subject: 0),
                    Job(tenant: tenant, kind: .linkDays, subject: 0),
                ],
                of: tenant,
                at: clock.now()
            )
            try await runner.runDue(of: tenant, kinds: [.deployments, .linkDays]) { job in
                guard job.kind == .deployments else {
                    try await LinkDays(pool: pool).refresh(tenant, at: clock.now())
                    return Self.linkInterval
                }
                try await step(tenant)
                return Self.interval
            }
        }
    }

    /// Every deployment of a tenant that is on its way.
    package func step(_ tenant: TenantID) async throws {
        let now = clock.now()
        let active = try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try connection.execute(DeploymentQueries.active, .int64(tenant.rawValue))
                .map { try $0.int64("deployment_id") }
        }
        for id in active {
            let prepared = try await isPrepared(id, of: tenant)
            try await pool.transaction(tenant: tenant) { connection in
                let deployment = try Deployments.find(
                    id,
                    of: tenant,
                    isLocked: true,
                    connection
                )
                let journal = DeploymentJournal(
                    tenant: tenant,
                    actor: DeploymentJournal.scheduler,
                    now: now,
                    connection: connection
                )
                try DeploymentStep(journal: journal, isPrepared: prepared).take(deployment)
            }
        }
    }

    private func isPrepared(_ id: Int64, of tenant: TenantID) async throws -> Bool {
        let (tree, bases) = try await pool.transaction(
            tenant: tenant,
            readOnly: true
        ) { connection in
            let deployment = try Deployments.find(id, of: tenant, connection)
            let bases = try connection.execute(
                StepQueries.bases,
                .int64(tenant.rawValue),
                .int64(id)
            ).compactMap { TreeDigest(try $0.bytes("base")) }
            return (deployment.tree, bases)
        }
        return try await isPrepared(tenant, tree, bases)
    }
}
