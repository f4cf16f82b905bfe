import CorePostgres
import Dispatch
import FleetIdentity
import FleetModel
import FleetProtocol
import FleetRuntime
import FleetTestSupport
import Testing

@testable import CoreDomain

/// Onward, at least once, in the order of commits.
@Suite(.timeLimit(.minutes(10)))
struct ForwarderTests {
    private let target = ForwardingTarget(
        name: "lake",
        tenant: "acme",
        url: "http://127.0.0.1:1/api/v1/write"
    )

    private func forwarder(
        _ shore: Shore,
        _ registry: MetricsRegistry = MetricsRegistry()
    )
        -> Forwarder
    {
        let jobs = Jobs(pool: shore.pool, owner: "test")
        return Forwarder(
            pool: shore.pool,
            tenants: shore.tenants,
            ships: shore.ships,
            targets: [target],
            jobs: jobs,
            runner: JobRunner(
                jobs: jobs,
                clock: .fixed(Shore.now),
                metrics: JobMetrics(registry),
                logger: Shore.silent
            ),
            clock: .fixed(Shore.now),
            metrics: ForwardingMetrics(registry),
            logger: Shore.silent
        )
    }

    /// Waits until nothing older than what is stored runs in the whole cluster, other tests' databases
    /// included: only then are commits known to be in order.
    private func settle(_ shore: Shore) async throws {
        try await eventually("older transactions have ended", timeout: .seconds(240)) {
            try await shore.number(
                """
                SELECT count(*) FROM hawser.sample_blocks
                WHERE stored_by >= pg_snapshot_xmin(pg_current_snapshot())
                """
            ) == 0
        }
    }

    private func expected(
        _ segments: [ReceiveSession.Segment],
        ship: String
    ) throws -> [RecordingTarget.Sample] {
        try Cargo.samples(segments).map {
            RecordingTarget.Sample(ship: ship, line: "\($0.series)", at: $0.at, bits: $0.bits)
        }
    }

    @Test func `everything arrives once while nothing fails, late data last`() async throws {
        try await withShore { shore in
            let admission = try await shore.ship()
            let tenant = admission.identity.tenant
            let session = try await shore.open(admission)
            let recent = try Cargo.voyage(segments: 30)
            _ = try await session.commit(recent, partials: [])
            let recorder = RecordingTarget()
            let forwarder = forwarder(shore)
            try await settle(shore)
            try await forwarder.forward(target, tenant, recorder)
            #expect(try Set(recorder.samples) == Set(expected(recent, ship: "aurora")))
            let sent = try Cargo.samples(recent).count
            #expect(recorder.samples.count == sent)

            // A month old by their own time, and newer than all in the order of commits.
            let late = try Cargo.voyage(segments: 31, until: Shore.now - .seconds(30 * 86_400))
                .filter { $0.lane == .metrics && $0.sequence == 30 }
            _ = try await session.commit(late, partials: [])
            let before = recorder.samples.count
            try await settle(shore)
            try await forwarder.forward(target, tenant, recorder)
            #expect(
                try Set(recorder.samples.dropFirst(before)) == Set(expected(late, ship: "aurora"))
            )
            try await forwarder.forward(target, tenant, recorder)
            let added = try Cargo.samples(late).count
            #expect(recorder.samples.count == before + added)
        }
    }

    @Test func `numbers of transactions are counted, not read: 100 comes after 99`() async throws {
        try await withShore { shore in
            let admission = try await shore.ship()
            let voyage = try Cargo.voyage(segments: 40)
            _ = try await shore.open(admission).commit(voyage, partials: [])
            try await shore.run(
                """
                UPDATE hawser.sample_blocks AS b SET stored_by = n.number::text::xid8
                FROM (
                    SELECT ctid AS row, 98 + row_number() OVER (ORDER BY sequence) AS number
                    FROM hawser.sample_blocks
                ) AS n
                WHERE b.ctid = n.row
                """
            )
            let recorder = RecordingTarget()
            let forwarder = forwarder(shore)
            try await settle(shore)
            try await forwarder.forward(target, admission.identity.tenant, recorder)
            #expect(try Set(recorder.samples) == Set(expected(voyage, ship: "aurora")))
            let sent = try Cargo.samples(voyage).count
            #expect(recorder.samples.count == sent)
        }
    }

    @Test func `what a target does not take is sent again; what it refuses is counted`()
        async throws
    {
        try await withShore { shore in
            let admission = try await shore.ship()
            let session = try await shore.open(admission)
            let voyage = try Cargo.voyage(segments: 3)
            _ = try await session.commit(voyage, partials: [])
            let recorder = RecordingTarget()
            recorder.answer([.later("503"), .later("429")])
            let registry = MetricsRegistry()
            try await settle(shore)
            try await forwarder(shore, registry)
                .forward(target, admission.identity.tenant, recorder)
            #expect(recorder.requests == 3)
            #expect(try Set(recorder.samples) == Set(expected(voyage, ship: "aurora")))

            let more = try Cargo.voyage(segments: 5).filter { $0.sequence >= 3 }
            _ = try await session.commit(more, partials: [])
            recorder.answer([.refused(status: 400, reason: "no")])
            try await settle(shore)
            try await forwarder(shore, registry)
                .forward(target, admission.identity.tenant, recorder)
            let page = registry.exposition()
            let refused = #"hawser_forwarding_refused_samples_total{target="lake",status="400"} 40"#
            #expect(page.contains(refused), "\(page)")
            #expect(
                try await shore.number("SELECT refused_count FROM hawser.forwarding_cursors") == 40
            )
        }
    }

    @Test func `a commit that is still open holds the cursor before it`() async throws {
        try await withShore(size: 6) { shore in
            let admission = try await shore.ship()
            let tenant = admission.identity.tenant
            let session = try await shore.open(admission)
            let voyage = try Cargo.voyage(segments: 3)
            let recorder = RecordingTarget()
            let forwarder = forwarder(shore)
            // A transaction that has a number, and takes longer than the one that follows it.
            let held = DispatchSemaphore(value: 0)
            let released = DispatchSemaphore(value: 0)
            try await withThrowingTaskGroup { group in
                group.addTask {
                    try await shore.pool.transaction(tenant: tenant) { connection in
                        _ = try connection.execute(
                            Statement("hold", "SELECT pg_current_xact_id()::text AS value")
                        )
                        held.signal()
                        released.wait()
                    }
                }
                try await eventually("the transaction is open") {
                    held.wait(timeout: .now()) == .success
                }
                _ = try await session.commit(voyage, partials: [])
                try await forwarder.forward(target, tenant, recorder)
                #expect(recorder.samples.isEmpty)
                released.signal()
                try await group.waitForAll()
            }
            try await settle(shore)
            try await forwarder.forward(target, tenant, recorder)
            #expect(try Set(recorder.samples) == Set(expected(voyage, ship: "aurora")))
        }
    }

    @Test func `compaction waits for what a target does not have`() async throws {
        try await withShore { shore in
            let admission = try await shore.ship()
            let session = try await shore.open(admission)
            let voyage = try Cargo.voyage(segments: 3, until: Shore.now - .seconds(3 * 86_400))
            _ = try await session.commit(voyage, partials: [])
            let compaction = Compaction(pool: shore.pool)
            func compacted() async throws -> Int {
                try await compaction.compact(
                    admission.identity,
                    at: Shore.now,
                    waitingFor: ["lake"]
                ).blocks
            }
            #expect(try await compacted() == 0)
            let recorder = RecordingTarget()
            try await settle(shore)
            try await forwarder(shore).forward(target, admission.identity.tenant, recorder)
            // The last transaction's own blocks wait for the next one: the cursor stands on it.
            #expect(try await compacted() == 0)
            let next = try Cargo.voyage(segments: 4, until: Shore.now - .seconds(86_400))
                .filter { $0.lane == .metrics && $0.sequence == 3 }
            _ = try await session.commit(next, partials: [])
            try await settle(shore)
            try await forwarder(shore).forward(target, admission.identity.tenant, recorder)
            #expect(try await compacted() == 3)
            #expect(try Set(recorder.samples) == Set(expected(voyage + next, ship: "aurora")))
        }
    }

    @Test func `only targets that are configured hold compaction up, and each of them does`()
        async throws
    {
        try await withShore { shore in
            let admission = try await shore.ship()
            let session = try await shore.open(admission)
            let voyage = try Cargo.voyage(segments: 3, until: Shore.now - .seconds(3 * 86_400))
            _ = try await session.commit(voyage, partials: [])
            // One that was removed from the configuration, and stands before everything.
            let tenant = admission.identity.tenant
            try await shore.run(
                """
                INSERT INTO hawser.forwarding_cursors
                VALUES (\(tenant.rawValue), 'gone', '0', 0, 'epoch', 0, 0, 0, 0, 0, 0, 'epoch')
                """
            )
            try await settle(shore)
            try await forwarder(shore).forward(target, tenant, RecordingTarget())
            let next = try Cargo.voyage(segments: 4).filter { $0.sequence == 3 }
            _ = try await session.commit(next, partials: [])
            try await settle(shore)
            try await forwarder(shore).forward(target, tenant, RecordingTarget())
            let compaction = Compaction(pool: shore.pool)
            func compacted(waitingFor targets: [String]) async throws -> Int {
                try await compaction.compact(
                    admission.identity,
                    at: Shore.now,
                    waitingFor: targets
                ).blocks
            }
            #expect(try await compacted(waitingFor: ["lake", "gone"]) == 0)
            // Configured, and not begun yet.
            #expect(try await compacted(waitingFor: ["lake", "new"]) == 0)
            #expect(try await compacted(waitingFor: ["lake"]) == 3)
        }
    }

    @Test func `a database that was restored into another cluster sends everything again`()
        async throws
    {
        try await withShore { shore in
            let admission = try await shore.ship()
            let tenant = admission.identity.tenant
            let session = try await shore.open(admission)
            let voyage = try Cargo.voyage(segments: 3, until: Shore.now - .seconds(3 * 86_400))
            _ = try await session.commit(voyage, partials: [])
            try await settle(shore)
            try await forwarder(shore).forward(target, tenant, RecordingTarget())
            // As a dump of a cluster looks that was older: its transactions are far ahead.
            try await shore.run(
                """
                UPDATE hawser.sample_blocks SET stored_by = '900000000000';
                UPDATE hawser.forwarding_cursors SET stored_by = '899999999999', cluster = 42;
                """
            )
            let next = try Cargo.voyage(segments: 5, until: Shore.now - .seconds(2 * 86_400))
                .filter { $0.lane == .metrics && $0.sequence >= 3 }
            _ = try await session.commit(next, partials: [])
            // What came since is not taken for acknowledged.
            let compaction = Compaction(pool: shore.pool)
            let outcome = try await compaction.compact(
                admission.identity,
                at: Shore.now,
                waitingFor: ["lake"]
            )
            #expect(outcome.blocks == 0)
            let recorder = RecordingTarget()
            let forwarder = forwarder(shore)
            try await forwarder.forward(target, tenant, recorder)
            try await settle(shore)
            try await forwarder.forward(target, tenant, recorder)
            #expect(try Set(recorder.samples) == Set(expected(voyage + next, ship: "aurora")))
            let count = recorder.samples.count
            try await forwarder.forward(target, tenant, recorder)
            #expect(recorder.samples.count == count)
        }
    }
}
