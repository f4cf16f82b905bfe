import FleetModel
import FleetRuntime
import Logging
import ServiceLifecycle

/// Runs what is due, tenant by tenant, while holding each job's lease.
package struct JobRunner: Sendable {
    /// Does a job, and says when it is due again.
    package typealias Work = @Sendable (Job) async throws -> Duration

    private let jobs: Jobs
    private let clock: WallClock
    private let metrics: JobMetrics
    private let logger: Logger

    package init(jobs: Jobs, clock: WallClock, metrics: JobMetrics, logger: Logger) {
        self.jobs = jobs
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
    }

    private struct LeaseLost: Error {}

    /// Works until nothing of these kinds is due, or the process is to end.
    ///
    /// - Returns: how many jobs were run.
    @discardableResult
    package func runDue(
        of tenant: TenantID,
        kinds: [Job.Kind],
        _ work: @escaping Work
    ) async throws -> Int {
        var count = 0
        while !Task.isCancelled, !Task.isShuttingDownGracefully,
            let claim = try await jobs.claim(of: tenant, kinds: kinds, at: clock.now())
        {
            count += 1
            try await run(claim, work)
        }
        return count
    }

    private func run(_ claim: JobClaim, _ work: @escaping Work) async throws {
        let started = ContinuousClock.now
        let kind = claim.job.kind.name
        do {
            let delay = try await holding(claim, work)
            try await jobs.succeed(claim, at: clock.now(), again: delay)
            metrics.runs.increment(kind, "succeeded")
        } catch is LeaseLost {
            metrics.runs.increment(kind, "lost")
        } catch {
            try Task.checkCancellation()
            metrics.runs.increment(kind, "failed")
            logger.error(
                "a job failed and will be tried again",
                metadata: [LogKey.service: "\(kind)", LogKey.error: "\(error)"]
            )
            try await jobs.fail(claim, "\(error)", at: clock.now())
        }
        metrics.seconds.observe((ContinuousClock.now - started).inSeconds)
    }

    /// Renews the lease while the work goes on, and ends the work when the lease is lost.
    private func holding(_ claim: JobClaim, _ work: @escaping Work) async throws -> Duration {
        try await withThrowingTaskGroup(of: Duration?.self) { group in
            group.addTask { try await work(claim.job) }
            group.addTask { [jobs, clock] in
                while true {
                    try await Task.sleep(for: Jobs.lease / 3)
                    guard try await jobs.renew(claim, at: clock.now()) else { throw LeaseLost() }
                }
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let delay = result { return delay }
            }
            throw CancellationError()
        }
    }
}
