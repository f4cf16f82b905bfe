import CoreDomain
import CorePostgres
import CoreRegistry
import FleetDelta
import FleetDeploy
import FleetModel
import FleetRuntime

/// Makes the deltas that deployments wait for: one at a time in a process, one builder a tenant.
///
/// A row and what it tells of come in one transaction. A process that is killed leaves a row that says
/// `building`, which the next holder of the lease queues again, and files that are cleared: those of the
/// workshop when it opens, those of the store by their collection.
package struct DeltaFactory: Sendable {
    private let pool: PostgresPool
    private let artifacts: Artifacts
    private let workshop: DeltaWorkshop
    private let tenants: Tenants
    private let jobs: Jobs
    private let runner: JobRunner
    private let clock: WallClock
    private let metrics: DeltaMetrics

    private static let pause = Duration.seconds(5)
    private static let upkeepEvery = Duration.seconds(3600)

    /// - Parameter folder: of this process alone, for files while a delta is made.
    package init(
        pool: PostgresPool,
        artifacts: Artifacts,
        folder: String,
        tenants: Tenants,
        jobs: Jobs,
        runner: JobRunner,
        clock: WallClock,
        metrics: DeltaMetrics
    ) throws {
        self.pool = pool
        self.artifacts = artifacts
        workshop = try DeltaWorkshop(folder: folder, artifacts: artifacts)
        self.tenants = tenants
        self.jobs = jobs
        self.runner = runner
        self.clock = clock
        self.metrics = metrics
    }

    /// One round over all tenants.
    package func run() async throws {
        for tenant in try await tenants.directory() {
            var wanted = [Job(tenant: tenant, kind: .deltaUpkeep, subject: 0)]
            if try await isWanted(tenant) {
                wanted.append(Job(tenant: tenant, kind: .deltas, subject: 0))
            }
            try await jobs.ensure(wanted, of: tenant, at: clock.now())
            try await runner.runDue(of: tenant, kinds: wanted.map(\.kind)) { job in
                if job.kind == .deltaUpkeep {
                    try await dropUnneeded(tenant)
                    return Self.upkeepEvery
                }
                try await build(tenant)
                return Self.pause
            }
        }
    }

    private func isWanted(_ tenant: TenantID) async throws -> Bool {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try connection.execute(DeltaQueries.isWanted, .int64(tenant.rawValue))
                .first?.bool("is_wanted") ?? false
        }
    }

    /// Makes what is queued, up to a turn's number. Whoever calls it is the tenant's only builder.
    package func build(_ tenant: TenantID) async throws {
        try await pool.transaction(tenant: tenant) { connection in
            try connection.execute(
                DeltaQueries.requeue,
                .int64(tenant.rawValue),
                .int32(DeltaBuildLimits.crashes),
                .text("the server ended \(DeltaBuildLimits.crashes) times over it")
            )
        }
        for _ in 0..<DeltaBuildLimits.turn {
            try Task.checkCancellation()
            guard let work = try await begin(tenant) else { return }
            do {
                try await make(work, of: tenant)
                metrics.built.increment("ready")
            } catch {
                try? workshop.clear()
                try Task.checkCancellation()
                metrics.built.increment("failed")
                // What no second attempt would mend is said; for the rest the job comes again, later each time.
                let isFinal = Self.isFinal(error)
                try await fail(work, isFinal ? .failed : .queued, "\(error)", of: tenant)
                guard isFinal else { throw error }
            }
        }
    }

    /// Whether the next attempt would end the same way.
    private static func isFinal(_ error: any Error) -> Bool {
        switch error {
        case let error as DeltaError: error.code != .file
        case let error as DomainError: ![.overloaded, .unavailable].contains(error.code)
        case let error as RegistryError:
            ![.exhausted, .unavailable, .internal].contains(error.code)
        default: false
        }
    }

    private func begin(_ tenant: TenantID) async throws -> DeltaWork? {
        try await pool.transaction(tenant: tenant) { connection in
            try connection.execute(DeltaQueries.begin, .int64(tenant.rawValue)).first.flatMap {
                row in
                guard let target = TreeDigest(try row.bytes("target")),
                    let base = TreeDigest(try row.bytes("base"))
                else { return nil }
                return DeltaWork(target: target, base: base, turn: try row.int64("turn"))
            }
        }
    }

    private func make(_ work: DeltaWork, of tenant: TenantID) async throws {
        let target = try await tree(work.target, of: tenant)
        let base = try await tree(work.base, of: tenant)
        let product = try await workshop.make(target, from: base, of: tenant)
        let now = clock.now()
        try await artifacts.keep(
            of: tenant,
            length: product.size,
            body: FilePieces(path: product.path)
        ) { connection, artifact in
            let count = try connection.executeCount(
                DeltaQueries.finish,
                values: [
                    .int64(tenant.rawValue), .bytes(work.target.bytes), .bytes(work.base.bytes),
                    .int64(work.turn), .bytes(artifact.digest), .int64(artifact.size),
                    .text(product.method), .timestamp(now),
                ]
            )
            guard count == 1 else { throw Superseded() }
        }
        metrics.bytes.increment(by: Double(product.size))
        try workshop.clear()
    }

    /// Somebody else has begun it anew: this process had lost its lease.
    private struct Superseded: Error {}

    private func tree(_ digest: TreeDigest, of tenant: TenantID) async throws -> VersionTree {
        let tree = try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try VersionTree(
                connection.execute(
                    DeltaQueries.treeFiles,
                    .int64(tenant.rawValue),
                    .bytes(digest.bytes)
                )
            )
        }
        guard tree.digest == digest else {
            throw DeltaError(.mismatch, "the files of tree \(digest) are not those it is made of")
        }
        return tree
    }

    private func fail(
        _ work: DeltaWork,
        _ state: DeltaState,
        _ reason: String,
        of tenant: TenantID
    ) async throws {
        let words = String(reason.filter { $0 != "\0" }.prefix(500))
        try await pool.transaction(tenant: tenant) { connection in
            try connection.execute(
                DeltaQueries.fail,
                .int64(tenant.rawValue),
                .bytes(work.target.bytes),
                .bytes(work.base.bytes),
                .int64(work.turn),
                .text(state.rawValue),
                .text(words)
            )
        }
    }

    /// Lets go of trees that no deployment and no ship has needed for long, and of their deltas.
    package func dropUnneeded(_ tenant: TenantID) async throws {
        let now = clock.now()
        try await pool.transaction(tenant: tenant) { connection in
            try connection.execute(
                DeltaQueries.markNeeded,
                .int64(tenant.rawValue),
                .timestamp(now)
            )
            let trees = try connection.execute(
                DeltaQueries.unneeded,
                .int64(tenant.rawValue),
                .timestamp(now - DeltaBuildLimits.treeLife)
            ).map { try $0.text("tree") }
            guard !trees.isEmpty else { return }
            for statement in [
                DeltaQueries.dropDeltas, DeltaQueries.dropFiles, DeltaQueries.dropTrees,
            ] {
                try connection.execute(statement, .int64(tenant.rawValue), .textArray(trees))
            }
        }
    }
}
