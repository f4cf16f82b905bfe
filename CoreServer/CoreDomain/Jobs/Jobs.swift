import CorePostgres
import FleetModel

/// Jobs in the database, which any number of replicas share: whoever holds a job's lease works on
/// it, a lease that is not renewed ends, and then another replica takes the job over.
///
/// A replica that lost its lease without noticing may still be at work: every job's effect is a
/// transaction that is right whoever else works on the same.
package struct Jobs: Sendable {
    /// How long a lease lasts without renewal; it is renewed three times in that.
    package static let lease = Duration.seconds(60)

    /// Between attempts at a job that fails: from this, doubled, up to an hour.
    private static let retryFloor = Duration.seconds(15)
    private static let retryCeiling = Duration.seconds(3600)

    private let pool: PostgresPool
    /// This process, as no other is called.
    private let owner: String

    package init(pool: PostgresPool, owner: String) {
        self.pool = pool
        self.owner = owner
    }

    /// Enters jobs that are missing, due at once.
    package func ensure(_ jobs: [Job], of tenant: TenantID, at now: Timestamp) async throws {
        guard !jobs.isEmpty else { return }
        try await pool.transaction(tenant: tenant) { connection in
            for kind in Set(jobs.map(\.kind)) {
                _ = try connection.execute(
                    JobQueries.ensure,
                    .int64(tenant.rawValue),
                    .text(kind.name),
                    .int64Array(jobs.filter { $0.kind == kind }.map(\.subject)),
                    .timestamp(now)
                )
            }
        }
    }

    /// Takes a job that is due and that nobody works on.
    package func claim(
        of tenant: TenantID,
        kinds: [Job.Kind],
        at now: Timestamp
    ) async throws -> JobClaim? {
        let owner = owner
        return try await pool.transaction(tenant: tenant) { connection in
            try connection.execute(
                JobQueries.claim,
                .int64(tenant.rawValue),
                .textArray(kinds.map(\.name)),
                .timestamp(now),
                .text(owner),
                .timestamp(now + Self.lease)
            ).first.map { row in
                JobClaim(
                    job: Job(
                        tenant: tenant,
                        kind: Job.Kind(name: try row.text("kind")),
                        subject: try row.int64("subject")
                    ),
                    attempt: try row.int32("attempts")
                )
            }
        }
    }

    /// Renews a lease.
    ///
    /// - Returns: whether it was still held.
    package func renew(_ claim: JobClaim, at now: Timestamp) async throws -> Bool {
        try await change(JobQueries.renew, claim, [.timestamp(now + Self.lease)])
    }

    /// Gives a job back, done, until it is due again.
    package func succeed(
        _ claim: JobClaim,
        at now: Timestamp,
        again delay: Duration
    ) async throws {
        _ = try await change(JobQueries.succeed, claim, [.timestamp(now + delay), .timestamp(now)])
    }

    /// Gives a job back, failed, until it is tried again.
    package func fail(_ claim: JobClaim, _ reason: String, at now: Timestamp) async throws {
        var backoff = Backoff(floor: Self.retryFloor, ceiling: Self.retryCeiling)
        var delay = Self.retryFloor
        for _ in 0..<min(claim.attempt, 20) { delay = backoff.next(random: 1) }
        let words = String(reason.filter { $0 != "\0" }.prefix(1000))
        _ = try await change(JobQueries.fail, claim, [.timestamp(now + delay), .text(words)])
    }

    private func change(
        _ statement: Statement,
        _ claim: JobClaim,
        _ values: [PostgresValue]
    ) async throws -> Bool {
        let owner = owner
        return try await pool.transaction(tenant: claim.job.tenant) { connection in
            let key: [PostgresValue] = [
                .int64(claim.job.tenant.rawValue), .text(claim.job.kind.name),
                .int64(claim.job.subject), .text(owner),
            ]
            return try connection.executeCount(statement, values: key + values) == 1
        }
    }
}
