import CoreDomain
import FleetModel
import FleetProtocol
import FleetRuntime
import FleetSeries
import FleetTestSupport
import ShipDomain
import ShipStore
import Synchronization
import Testing

/// The whole way of a want, without the wire: real store, real ladder, real shore.
@Suite(.timeLimit(.minutes(5)))
struct WantedSamplesTests {
    /// A midnight.
    private static let start = Timestamp(milliseconds: 1_795_219_200_000 - 2 * 86_400_000)
    private static let series = 6
    private static let perHour = Int64(720 * series)

    private final class Hand: Sendable {
        private let moment = Mutex(WantedSamplesTests.start)

        var now: Timestamp { moment.withLock { $0 } }
        var clock: WallClock { WallClock { [self] in now } }

        func move(_ duration: Duration) { moment.withLock { $0 = $0 + duration } }
    }

    private static func sail(hours: Int, _ store: ShipStore, _ hand: Hand) async throws {
        var generator = SeededGenerator(seed: 12)
        for _ in 0..<hours {
            let from = hand.now
            let values = (0..<720 * series).map { _ in
                Double.random(in: 0..<1000, using: &generator).rounded() / 10
            }
            try await store.write { writer in
                let numbers = try writer.resolve(
                    (0..<series).map { (LabelSet(name: "level", ["tank": "\($0)"]), .gauge) }
                )
                var encoder = MetricsSegmentEncoder()
                try writer.acceptAndSeal(
                    (0..<720).map { step in
                        SampleBatch(
                            group: 1,
                            at: from + .seconds(Int64(step) * 5),
                            numbers: numbers,
                            values: Array(values[step * series..<(step + 1) * series])
                        )
                    },
                    encoder: &encoder
                )
            }
            hand.move(.seconds(3600))
            while try await store.tidy({ try $0.withdraw() }).segments > 0 {}
        }
        while try await store.tidy({ try $0.compactPool() }).segments > 0 {}
    }

    private static func open(
        _ store: ShipStore,
        _ shore: Shore,
        _ ship: EnrolmentDesk.Admission,
        _ hand: Hand
    ) async throws -> IngestSession {
        try await shore.ingest.open(
            ship,
            hello: Hello(
                agentVersion: "test",
                epoch: store.epoch,
                at: hand.now,
                lanes: try await store.laneReports(),
                ledger: try await store.ledger()
            )
        )
    }

    /// All that waits, in the lanes' order; each segment twice, as after a cut.
    private static func send(_ store: ShipStore, _ session: IngestSession) async throws {
        for lane in Lane.inOrder {
            var next =
                try await store.laneReports().first { $0.position.lane == lane }?
                .position.sequence ?? 0
            while true {
                if try await store.offer(lane, next) == nil {
                    guard try await store.sequenceNext(lane) != nil else { break }
                }
                let stored = try #require(try await store.offer(lane, next))
                let segment = ReceiveSession.Segment(
                    lane: lane,
                    sequence: next,
                    recordCount: stored.recordCount,
                    bytes: stored.bytes
                )
                for _ in 0..<2 {
                    let outcome = try await session.commit([segment], partials: [])
                    #expect(outcome.badSegment == nil)
                }
                next += 1
                try await store.release([
                    UploadSession.Release(lane: lane, sequence: next, durableOffset: 0)
                ])
            }
        }
        try await session.tell(try await store.ledger())
    }

    private static func hours(
        _ shore: Shore,
        _ ship: EnrolmentDesk.Admission
    ) async throws -> [[UInt64]] {
        var counts: [[UInt64]] = []
        try await shore.telemetry.eachRollup(
            of: ship.identity,
            .hour,
            range: TimeRange(from: start, to: start + .seconds(86_400))
        ) { _, block in
            counts.append(block.series.values.map { UInt64($0.count) })
        }
        return counts
    }

    /// On a fiftieth only counts are left of some hours.
    @Test(arguments: [4, 7, 10, 14, 50] as [UInt64])
    func `what was thinned and told comes back raw, once, and the accounts add up`(
        part: UInt64
    ) async throws {
        try await withShore { shore in
            let admission = try await shore.ship()
            let identity = admission.identity
            let ship = try await shore.ships.find(tenant: identity.tenant, name: "aurora")
            try await withTemporaryDirectory { folder in
                let hand = Hand()
                let store = try ShipStore(directory: folder, create: true, clock: hand.clock)
                try await Self.sail(hours: 24, store, hand)
                let plan = LinkPlan(
                    classes: [
                        LinkClass(name: "vsat", dailyBytes: try await store.poolTotals().raw / part)
                    ],
                    defaultClass: "vsat"
                )
                let desk = try await LinkDesk(plan: plan, store: store, clock: hand.clock)
                let limits = Thinner.Limits(horizon: .seconds(86_400), backlogShare: 0.9)
                hand.move(.seconds(86_400))
                try await Thinner(store: store, desk: desk, limits: limits).tend()
                var session = try await Self.open(store, shore, admission, hand)
                try await Self.send(store, session)
                let all = 24 * Self.perHour
                let thinned = try #require(try await store.ledger().totals[.metrics])
                #expect(thinned.degraded == UInt64(all))
                let before = try await Self.hours(shore, admission)
                let whole = Array(repeating: UInt64(720), count: 6)
                #expect(before.allSatisfy { $0 == whole })
                #expect(before.count == 24 || part > 4)

                // Asked, told, and the answer lost in a cut.
                let wants = Wants(pool: shore.pool)
                let asked = try await wants.ask(
                    ship,
                    from: Self.start + .seconds(5 * 3600),
                    to: Self.start + .seconds(9 * 3600),
                    maxBytes: 10_000_000,
                    by: "bridge",
                    at: Shore.now, for: .command("test")
                )
                let first = try #require(try await session.wants().first)
                let lost = try #require(try await store.answer(first))
                session = try await Self.open(store, shore, admission, hand)
                let again = try #require(try await session.wants().first)
                #expect(again == first)
                let answer = try #require(try await store.answer(again))
                #expect(answer == lost)
                #expect(answer.outcome == .held && answer.samples == UInt64(4 * Self.perHour))
                try await session.note([answer])
                #expect(try await wants.find(asked.id, of: ship).state == .answered)
                #expect(try await session.wants().isEmpty)

                hand.move(.seconds(86_400))
                try await Self.send(store, session)
                let totals = try #require(try await store.ledger().totals[.metrics])
                #expect(totals.balances && totals.pending == 0)
                #expect(totals.stored == UInt64(4 * Self.perHour))
                #expect(totals.degraded == UInt64(20 * Self.perHour))
                let stored = try await shore.number(
                    "SELECT sum(sample_count) FROM hawser.sample_blocks"
                )
                #expect(stored == 4 * Self.perHour)
                let declared = try await shore.number(
                    """
                    SELECT sum(CASE WHEN rung = 0 THEN -sample_count ELSE sample_count END)
                    FROM hawser.declarations WHERE lane = 4
                    """
                )
                #expect(declared == 20 * Self.perHour)
                // Raw in the place of the rollups, and nothing twice.
                let after = try await Self.hours(shore, admission)
                #expect(after.allSatisfy { $0 == whole })
                #expect((before.count...before.count + 4).contains(after.count))
                #expect(part > 4 || after == before)
                let silent = try await shore.number(
                    """
                    SELECT count(*) FROM hawser.ship_days AS d
                    LEFT JOIN hawser.stored_days AS s USING (tenant_id, ship_id, epoch, day, lane)
                    WHERE d.lane = 4 AND d.produced <> d.degraded + d.lost + coalesce(s.stored, 0)
                    """
                )
                #expect(silent == 0)
                let ledger = try await Ledgers(pool: shore.pool).ledger(
                    of: ship,
                    range: TimeRange(from: Self.start, to: Self.start + .seconds(86_400)),
                    limit: 1000
                )
                #expect(ledger.differences.filter { $0.resolvedAt == nil } == [])
            }
        }
    }
}
