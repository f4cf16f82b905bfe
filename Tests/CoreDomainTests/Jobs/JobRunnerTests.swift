import FleetModel
import FleetRuntime
import FleetTestSupport
import Synchronization
import Testing

@testable import CoreDomain

/// Jobs that replicas share.
@Suite(.timeLimit(.minutes(10)))
struct JobRunnerTests {
    private struct Trouble: Error {}

    private final class Tally: Sendable {
        private let jobs = Mutex<[Job: Int]>([:])
        var counts: [Job: Int] { jobs.withLock { $0 } }
        func count(_ job: Job) { jobs.withLock { $0[job, default: 0] += 1 } }
    }

    private func runner(_ shore: Shore, _ owner: String, at now: Timestamp) -> JobRunner {
        JobRunner(
            jobs: Jobs(pool: shore.pool, owner: owner),
            clock: .fixed(now),
            metrics: JobMetrics(MetricsRegistry()),
            logger: Shore.silent
        )
    }

    private func jobs(_ tenant: TenantID, _ count: Int64) -> [Job] {
        (0..<count).map { Job(tenant: tenant, kind: .compaction, subject: $0) }
    }

    @Test func `many replicas do each job once`() async throws {
        try await withShore(size: 8) { shore in
            let tenant = try await shore.tenants.create(
                name: "acme",
                at: Shore.now,
                for: .command("test")
            ).id
            let jobs = jobs(tenant, 60)
            try await Jobs(pool: shore.pool, owner: "any").ensure(jobs, of: tenant, at: Shore.now)
            // Again, as every replica does: nothing changes.
            try await Jobs(pool: shore.pool, owner: "any").ensure(jobs, of: tenant, at: Shore.now)
            let done = Tally()
            try await withThrowingTaskGroup { group in
                for replica in 0..<6 {
                    group.addTask {
                        try await runner(shore, "replica-\(replica)", at: Shore.now)
                            .runDue(of: tenant, kinds: [.compaction]) { job in
                                done.count(job)
                                return .seconds(3600)
                            }
                    }
                }
                try await group.waitForAll()
            }
            #expect(done.counts == Dictionary(uniqueKeysWithValues: jobs.map { ($0, 1) }))
            // Not before it is due again.
            #expect(
                try await runner(shore, "late", at: Shore.now + .seconds(3599))
                    .runDue(of: tenant, kinds: [.compaction]) { _ in .zero } == 0
            )
            #expect(
                try await runner(shore, "late", at: Shore.now + .seconds(3601))
                    .runDue(of: tenant, kinds: [.compaction]) { _ in .seconds(3600) } == 60
            )
        }
    }

    @Test func `a job of a replica that died is taken over when its lease has ended`() async throws
    {
        try await withShore { shore in
            let tenant = try await shore.tenants.create(
                name: "acme",
                at: Shore.now,
                for: .command("test")
            ).id
            let first = Jobs(pool: shore.pool, owner: "first")
            let second = Jobs(pool: shore.pool, owner: "second")
            try await first.ensure(jobs(tenant, 1), of: tenant, at: Shore.now)
            let claim = try #require(
                try await first.claim(of: tenant, kinds: [.compaction], at: Shore.now)
            )
            let soon = Shore.now + .seconds(59)
            #expect(try await second.claim(of: tenant, kinds: [.compaction], at: soon) == nil)
            #expect(try await first.renew(claim, at: soon))
            let later = Shore.now + .seconds(100)
            #expect(try await second.claim(of: tenant, kinds: [.compaction], at: later) == nil)
            let end = Shore.now + .seconds(200)
            #expect(try await second.claim(of: tenant, kinds: [.compaction], at: end)?.attempt == 2)
            // The first one can neither renew nor end what is not its own any more.
            #expect(try await !first.renew(claim, at: end))
            try await first.succeed(claim, at: end, again: .seconds(1))
            #expect(
                try await shore.number("SELECT count(*) FROM hawser.jobs WHERE owner = 'second'")
                    == 1
            )
        }
    }

    @Test func `a job that fails is tried again, ever later`() async throws {
        try await withShore { shore in
            let tenant = try await shore.tenants.create(
                name: "acme",
                at: Shore.now,
                for: .command("test")
            ).id
            let jobs = Jobs(pool: shore.pool, owner: "test")
            try await jobs.ensure(self.jobs(tenant, 1), of: tenant, at: Shore.now)
            var now = Shore.now
            var delays: [Int64] = []
            for _ in 0..<12 {
                #expect(
                    try await runner(shore, "test", at: now)
                        .runDue(of: tenant, kinds: [.compaction]) { _ in throw Trouble() } == 1
                )
                let due = try await shore.number(
                    "SELECT extract(epoch FROM due_at) * 1000 FROM hawser.jobs"
                )
                delays.append((due - now.milliseconds) / 1000)
                now = Timestamp(milliseconds: due)
            }
            #expect(delays.prefix(4) == [15, 30, 60, 120])
            #expect(delays.last == 3600)
            #expect(
                try await shore.number(
                    "SELECT count(*) FROM hawser.jobs WHERE last_error = 'Trouble()'"
                ) == 1
            )
        }
    }
}
