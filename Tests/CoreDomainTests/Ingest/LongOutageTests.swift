import CoreDomain
import FleetModel
import FleetProtocol
import FleetRuntime
import FleetSeries
import FleetTestSupport
import ShipDomain
import ShipStore
import ShipTestSupport
import Testing

/// A day without a link, and a budget that carries a tenth of it: real store, real codec, real shore.
@Suite(.timeLimit(.minutes(10)))
struct LongOutageTests {
    private static let midnight = Timestamp(milliseconds: 1_795_219_200_000 - 86_400_000)

    /// Ten times the recording, spread over a day.
    private static let copies = 10
    private static let pause = Duration.seconds(86_400) / copies

    /// Sends what the budget allows, in the lanes' order, and takes the shore's word for it.
    private static func converse(
        _ store: ShipStore,
        _ desk: LinkDesk,
        _ shore: Shore,
        _ admission: EnrolmentDesk.Admission,
        _ hand: Hand
    ) async throws {
        let session = try await shore.ingest.open(
            admission,
            hello: Hello(
                agentVersion: "test",
                epoch: store.epoch,
                at: hand.now,
                lanes: try await store.laneReports(),
                ledger: try await store.ledger()
            )
        )
        for lane in Lane.inOrder {
            var next =
                try await store.laneReports().first { $0.position.lane == lane }?
                .position.sequence ?? 0
            while desk.payload(of: lane, limit: 16_384) > 0 {
                if try await store.offer(lane, next) == nil {
                    guard try await store.sequenceNext(lane) != nil else { break }
                }
                let segment = try #require(try await store.offer(lane, next))
                // What was begun is not taken back: the budget may be passed by its rest.
                var rest = segment.bytes.count
                while rest > 0 {
                    let payload = min(rest, 16_384)
                    desk.sent(lane, payload: payload)
                    rest -= payload
                }
                let outcome = try await session.commit(
                    [
                        ReceiveSession.Segment(
                            lane: lane,
                            sequence: next,
                            recordCount: segment.recordCount,
                            bytes: segment.bytes
                        )
                    ],
                    partials: []
                )
                #expect(outcome.badSegment == nil)
                next += 1
                try await store.release([
                    UploadSession.Release(lane: lane, sequence: next, durableOffset: 0)
                ])
            }
        }
        try await session.tell(try await store.ledger())
        try await desk.refresh()
    }

    @Test
    func `of a day on a tenth of its bytes all is ashore in some form, and nothing is silent`()
        async throws
    {
        let recording = try await Recording("Scrapes15s", ["node", "postgres", "prometheus"])
        let samples = UInt64(recording.sampleCount * (Self.copies + 1))
        try await withShore { shore in
            let admission = try await shore.ship()
            try await withTemporaryDirectory { folder in
                let hand = Hand(at: Self.midnight)
                let store = try ShipStore(directory: folder, create: true, clock: hand.clock)
                let numbers = try await store.write { writer in
                    try writer.resolve(recording.definitions.map { ($0.labels, $0.kind) })
                }

                // A day with a link.
                try await Self.sail(recording, numbers, store, hand)
                let open = try await LinkDesk(plan: .unlimited, store: store, clock: hand.clock)
                try await Self.converse(store, open, shore, admission, hand)
                hand.move(.seconds(86_400))

                // A day without.
                let outage = hand.now
                let thinner = Thinner(store: store, desk: open, limits: Thinner.Limits())
                let keeper = BacklogKeeper(store: store, thinner: thinner, logger: Shore.silent)
                for copy in 0..<Self.copies {
                    try await Self.sail(recording, numbers, store, hand)
                    let next = outage + Self.pause * (copy + 1)
                    hand.move(next - hand.now)
                    try await keeper.tend()
                }
                hand.move(.seconds(86_400))
                try await keeper.tend()
                let waiting = try await store.poolTotals()
                // Some minutes are read with what was sent before the link went: they stay fresh.
                #expect(waiting.lanes[.metrics] ?? 0 < waiting.raw / 20)
                #expect(waiting.rollups == 0)

                // A tenth of what waits.
                let budget = waiting.raw / 10
                let vsat = LinkClass(name: "vsat", dailyBytes: budget)
                let desk = try await LinkDesk(
                    plan: LinkPlan(classes: [vsat], defaultClass: "vsat"),
                    store: store,
                    clock: hand.clock
                )
                let limits = Thinner.Limits(horizon: .seconds(86_400), backlogShare: 0.9)
                try await Thinner(store: store, desk: desk, limits: limits).tend()
                let kept = try await store.poolTotals()
                #expect(kept.rollups > 0)
                #expect(kept.raw == 0, "no raw of anything before rollups of everything")
                try await Self.converse(store, desk, shore, admission, hand)
                let spent = try await store.spending(
                    day: DayAccount.day(of: hand.now),
                    linkClass: "vsat"
                )
                let bytes = spent.lanes.values.reduce(spent.other, +)
                #expect(bytes <= budget)
                // Those minutes are the next day's first.
                hand.move(.seconds(86_400))
                try await Self.converse(store, desk, shore, admission, hand)

                // The ledger adds up to the sample, aboard and ashore.
                let totals = try #require(try await store.ledger().totals[.metrics])
                #expect(totals.produced == samples)
                #expect(totals.pending == 0)
                #expect(totals.produced == totals.stored + totals.degraded)
                let stored = try await shore.number(
                    "SELECT sum(sample_count) FROM hawser.sample_blocks"
                )
                #expect(UInt64(stored) == totals.stored)
                let declared = try await shore.number(
                    "SELECT sum(sample_count) FROM hawser.declarations WHERE lane = 4 AND was = 0"
                )
                #expect(UInt64(declared) == totals.degraded)
                let silent = try await shore.number(
                    """
                    SELECT count(*) FROM hawser.ship_days AS d
                    LEFT JOIN hawser.stored_days AS s USING (tenant_id, ship_id, epoch, day, lane)
                    WHERE d.lane = 4 AND d.produced <> d.degraded + d.lost + coalesce(s.stored, 0)
                    """
                )
                #expect(silent == 0)
                let days = try await shore.number(
                    "SELECT sum(produced) FROM hawser.ship_days WHERE lane = 4"
                )
                #expect(UInt64(days) == samples)

                // The best that it buys: two neighbouring rungs, the finer of the newer time, and
                // most of the budget is used.
                let rungs = try await shore.number(
                    "SELECT count(DISTINCT rung) FROM hawser.declarations WHERE lane = 4"
                )
                #expect((1...2).contains(rungs))
                let outOfOrder = try await shore.number(
                    """
                    SELECT count(*) FROM hawser.declarations AS fine
                    JOIN hawser.declarations AS coarse ON coarse.rung > fine.rung
                    WHERE coarse.from_at > fine.from_at
                    """
                )
                #expect(outOfOrder == 0)
                #expect(bytes * 10 > budget * 6)
            }
        }
    }

    /// One copy of the recording, a segment a minute, as a ship that is at sea has it.
    private static func sail(
        _ recording: Recording,
        _ numbers: [SeriesNumber],
        _ store: ShipStore,
        _ hand: Hand
    ) async throws {
        let start = hand.now
        let batches = recording.shifted(to: start, numbers)
        for minute in 0..<15 {
            let from = start + .seconds(Int64(minute) * 60)
            let to = minute == 14 ? from + .seconds(600) : from + .seconds(60)
            let due = batches.filter { $0.at >= from && $0.at < to }
            try await store.write { writer in
                var encoder = MetricsSegmentEncoder()
                try writer.acceptAndSeal(due, encoder: &encoder)
            }
            hand.move(.seconds(60))
        }
    }
}
