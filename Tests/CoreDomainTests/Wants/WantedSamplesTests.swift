import CoreDomain
import FleetModel
import FleetProtocol
import FleetTestSupport
import ShipDomain
import ShipStore
import ShipTestSupport
import Testing

/// The whole way of a want, without the wire: real store, real ladder, real shore.
@Suite(.timeLimit(.minutes(10)))
struct WantedSamplesTests {
    /// A midnight.
    private static let start = Timestamp(milliseconds: 1_795_219_200_000 - 2 * 86_400_000)
    private static let perHour = Int64(Tanks.samplesPerHour)

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
                let hand = Hand(at: Self.start)
                let store = try ShipStore(directory: folder, create: true, clock: hand.clock)
                var tanks = Tanks(seed: 12)
                try await tanks.sail(hours: 24, store, hand)
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
                var session = try await Passage.open(store, shore, admission, hand)
                try await Passage.send(store, session)
                let all = 24 * Self.perHour
                let thinned = try #require(try await store.ledger().totals[.metrics])
                #expect(thinned.degraded == UInt64(all))
                let open =
                    "SELECT count(*) FROM hawser.ledger_differences WHERE resolved_at IS NULL"
                #expect(try await shore.number(open) == 0)
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
                    at: Shore.now,
                    for: .command("test")
                )
                let first = try #require(try await session.wants().first)
                let lost = try #require(try await store.answer(first))
                session = try await Passage.open(store, shore, admission, hand)
                let again = try #require(try await session.wants().first)
                #expect(again == first)
                let answer = try #require(try await store.answer(again))
                #expect(answer == lost)
                #expect(answer.outcome == .held && answer.samples == UInt64(4 * Self.perHour))
                try await session.note([answer])
                #expect(try await wants.find(asked.id, of: ship).state == .answered)
                #expect(try await session.wants().isEmpty)

                hand.move(.seconds(86_400))
                try await Passage.send(store, session)
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
                // Nor is there one that people are not told of yet.
                #expect(try await shore.number(open) == 0)
            }
        }
    }
}
