import CoreDomain
import CorePostgres
import Crypto
import FleetDeploy
import FleetModel
import FleetRuntime
import FoundationEssentials

/// Takes deployments on by themselves: opens waves, asks their gates, stops and finishes.
package struct DeploymentSteps: Sendable {
    /// What the ships of waves to come need.
    package struct Need: Sendable {
        package let tenant: TenantID
        package let model: Int64
        package let version: Int64
        package let tree: TreeDigest
        /// Trees that ships hold, to begin from.
        package let bases: Set<TreeDigest>
    }

    /// How far that is.
    package enum Preparedness: Sendable, Equatable {
        case ready
        case building
        /// Never, as things are.
        case impossible(String)
    }

    package typealias Preparation = @Sendable (Need) async throws -> Preparedness

    /// From one look at a tenant's deployments to the next.
    package static let interval = Duration.seconds(5)
    /// Deployments that are stepped beside each other.
    private static let atOnce = 2
    private static let linkInterval = Duration.seconds(3600)

    private let pool: PostgresPool
    private let clock: WallClock
    private let prepare: Preparation

    package init(pool: PostgresPool, clock: WallClock, prepare: @escaping Preparation) {
        self.pool = pool
        self.clock = clock
        self.prepare = prepare
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

    /// Every deployment of a tenant that is on its way, and of which something came or whose time it is: what is
    /// quiet costs nothing. One that can't be stepped does not keep the others.
    package func step(_ tenant: TenantID) async throws {
        let now = clock.now()
        let due = try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try connection.execute(StepQueries.due, .int64(tenant.rawValue), .timestamp(now))
                .map { (try $0.int64("deployment_id"), try $0.bool("is_touched")) }
        }
        let failure = try await withThrowingTaskGroup(of: (any Error)?.self) { group in
            var failure: (any Error)?
            for (index, (id, isTouched)) in due.enumerated() {
                if index >= Self.atOnce, let ended = try await group.next() {
                    failure = failure ?? ended
                }
                group.addTask {
                    do {
                        try await advance(id, isTouched: isTouched, of: tenant, at: now)
                        return nil
                    } catch {
                        try Task.checkCancellation()
                        return error
                    }
                }
            }
            for try await ended in group { failure = failure ?? ended }
            return failure
        }
        if let failure { throw failure }
    }

    private func advance(
        _ id: Int64,
        isTouched: Bool,
        of tenant: TenantID,
        at now: Timestamp
    ) async throws {
        let look = try await take(id, isTouched: isTouched, of: tenant, nil, at: now)
        guard look == .needsPreparation else { return }
        let prepared = try await prepare(id, of: tenant)
        _ = try await take(id, isTouched: false, of: tenant, prepared, at: now)
    }

    private func take(
        _ id: Int64,
        isTouched: Bool,
        of tenant: TenantID,
        _ prepared: Preparedness?,
        at now: Timestamp
    ) async throws -> DeploymentStep.Look {
        try await pool.transaction(tenant: tenant) { connection in
            let deployment = try Deployments.find(id, of: tenant, isLocked: true, connection)
            let key: [PostgresValue] = [.int64(tenant.rawValue), .int64(id)]
            let touched =
                isTouched
                ? try connection.execute(StepQueries.takeTouches, values: key)
                    .map { try $0.int32("wave") } : []
            let look = try DeploymentStep(
                journal: DeploymentJournal(
                    tenant: tenant,
                    actor: DeploymentJournal.scheduler,
                    now: now,
                    connection: connection
                ),
                prepared: prepared,
                touched: Set(touched)
            ).take(deployment)
            if case .later(let pause) = look {
                try connection.execute(
                    StepQueries.lookAt,
                    values: key + [.timestamp(now + pause)]
                )
            }
            return look
        }
    }

    private func prepare(_ id: Int64, of tenant: TenantID) async throws -> Preparedness {
        let need = try await pool.transaction(tenant: tenant, readOnly: true) {
            connection -> Need? in
            let deployment = try Deployments.find(id, of: tenant, connection)
            // What is promoted is aboard.
            guard try !DeploymentRequest(stored: deployment.requestText).isPromotion else {
                return nil
            }
            let bases = try connection.execute(
                StepQueries.bases,
                .int64(tenant.rawValue),
                .int64(id)
            ).compactMap { TreeDigest(try $0.bytes("base")) }
            return Need(
                tenant: tenant,
                model: deployment.modelNumber,
                version: deployment.modelVersion,
                tree: deployment.tree,
                bases: Set(bases)
            )
        }
        guard let need else { return .ready }
        return try await prepare(need)
    }
}
