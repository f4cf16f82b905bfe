import FleetModel
import FleetProtocol
import FleetRuntime
import FleetSeries
import FleetTestSupport
import ShipDomain
import ShipStore
import ShipTestSupport
import Testing

/// What a ship does when the shore asks for raw samples.
@Suite(.timeLimit(.minutes(10)))
struct WantTests {
    private static let start = Timestamp(milliseconds: 1_795_219_200_000)
    private static let perHour = Tanks.samplesPerHour

    /// Hours without a link, thinned to a fourth of their bytes.
    private static func withThinned(
        hours: Int,
        _ body: (ShipStore, Hand, _ folder: String) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { folder in
            let hand = Hand(at: Self.start)
            let store = try ShipStore(directory: folder, create: true, clock: hand.clock)
            var tanks = Tanks(seed: 4)
            try await tanks.sail(hours: hours, store, hand)
            hand.move(.seconds(3 * 86_400))
            let plan = LinkPlan(
                classes: [
                    LinkClass(name: "vsat", dailyBytes: try await store.poolTotals().raw / 4)
                ],
                defaultClass: "vsat"
            )
            let desk = try await LinkDesk(plan: plan, store: store, clock: hand.clock)
            let limits = Thinner.Limits(horizon: .seconds(86_400), backlogShare: 0)
            try await Thinner(store: store, desk: desk, limits: limits).tend()
            let waiting = try await store.poolTotals()
            #expect(waiting.raw == 0 && waiting.rollups > 0)
            try await body(store, hand, folder)
        }
    }

    private static func want(
        _ id: UInt64,
        hours: Range<Int>,
        maxBytes: UInt64 = 100_000_000
    ) -> Want {
        Want(
            id: id,
            from: start + .seconds(hours.lowerBound * 3600),
            to: start + .seconds(hours.upperBound * 3600),
            maxBytes: maxBytes
        )
    }

    private static func answer(_ want: Want, _ store: ShipStore) async throws -> WantAnswer {
        for _ in 0..<100 {
            if let answer = try await store.answer(want) { return answer }
        }
        throw StoreError(.unusable, "no answer after 100 steps")
    }

    private static func land(_ store: ShipStore, _ lane: Lane) async throws -> [[UInt8]] {
        var landed: [[UInt8]] = []
        while let end = try await store.sequenceNext(lane) {
            landed.append(try #require(try await store.offer(lane, end - 1)).bytes)
            try await store.release([
                UploadSession.Release(lane: lane, sequence: end, durableOffset: 0)
            ])
        }
        return landed
    }

    private static func samples(_ segments: [[UInt8]]) throws -> UInt64 {
        try segments.reduce(0) {
            $0 + UInt64(try MetricsSegmentDecoder.decode($1[...]).sampleCount)
        }
    }

    @Test func `rollups that wait unsent go when their samples come back, and nothing is said`()
        async throws
    {
        try await Self.withThinned(hours: 40) { store, _, _ in
            let want = Self.want(1, hours: 0..<40)
            #expect(try await store.answer(want) == nil, "one step is not the whole of it")
            let answer = try await Self.answer(want, store)
            #expect(answer.outcome == .held)
            #expect(answer.samples == 40 * Self.perHour)
            let totals = try await store.ledger().totals
            #expect(totals[.metrics]?.degraded == 0)
            let isBalanced = totals.values.allSatisfy(\.balances)
            #expect(isBalanced)
            #expect(try await store.poolTotals().rollups == 0)
            let summaries = try await Self.land(store, .summary)
                .map { try SummarySegment.decode($0[...]) }
            let isSilent = summaries.allSatisfy(\.declarations.isEmpty)
            #expect(isSilent)
            let accounts = summaries.flatMap(\.accounts).filter { $0.lane == .metrics }
            let produced = accounts.reduce(0) { $0 + $1.produced }
            #expect(produced == 40 * Self.perHour)
            let isRaw = accounts.allSatisfy { $0.degraded == 0 }
            #expect(isRaw)
            let landed = try await Self.samples(Self.land(store, .backlog))
            #expect(landed == 40 * Self.perHour)
        }
    }

    @Test
    func `of a unit that is wanted in part the rollups go first, then what comes back is said`()
        async throws
    {
        try await Self.withThinned(hours: 24) { store, _, _ in
            let answer = try await Self.answer(Self.want(1, hours: 5..<7), store)
            #expect(answer.outcome == .held)
            #expect(answer.samples == 2 * Self.perHour)
            var declared: UInt64 = 0
            var recalled: UInt64 = 0
            for bytes in try await Self.land(store, .summary) {
                guard let summary = try? SummarySegment.decode(bytes[...]) else {
                    _ = try RollupSegment.decode(bytes[...])
                    #expect(recalled == 0, "a rollup behind what makes it void")
                    continue
                }
                for declaration in summary.declarations {
                    if declaration.isRecall {
                        recalled += declaration.samples
                    } else {
                        declared += declaration.samples
                    }
                }
            }
            let totals = try await store.ledger().totals
            #expect(totals[.metrics]?.degraded == 22 * Self.perHour)
            #expect(declared - recalled == 22 * Self.perHour)
            let isBalanced = totals.values.allSatisfy(\.balances)
            #expect(isBalanced)
            let landed = try await Self.samples(Self.land(store, .backlog))
            #expect(landed == 2 * Self.perHour)
        }
    }

    /// Takes what the shore asked for down again, as where the disk has no room for it.
    private static func thinWanted(_ store: ShipStore, archiveLimit: UInt64) async throws -> UInt64
    {
        let unit = try #require(try await store.unitToThin(includingWanted: true))
        #expect(unit.rung == .raw)
        let isDone = try await store.tidy { writer in
            try writer.thin(unit, to: .counts, [], reason: .disk, archiveLimit: archiveLimit)
        }
        #expect(isDone)
        return unit.samples
    }

    private static func declarations(_ segments: [[UInt8]]) -> [Declaration] {
        segments.flatMap { (try? SummarySegment.decode($0[...]))?.declarations ?? [] }
    }

    @Test func `what comes back and finds no room before that is told never came back`()
        async throws
    {
        try await Self.withThinned(hours: 24) { store, _, _ in
            let all = 24 * Self.perHour
            let first = Self.declarations(try await Self.land(store, .summary))
            #expect(first.reduce(0) { $0 + $1.samples } == all)
            _ = try await Self.answer(Self.want(1, hours: 5..<7), store)
            #expect(try await store.ledger().totals[.metrics]?.degraded == all - 2 * Self.perHour)
            var thinned = try await Self.thinWanted(store, archiveLimit: 1 << 30)
            thinned += try await Self.thinWanted(store, archiveLimit: 1 << 30)
            #expect(thinned == 2 * Self.perHour)
            var totals = try await store.ledger().totals
            #expect(totals[.metrics]?.degraded == all)
            #expect(totals[.summary]?.pending == 0)
            let isBalanced = totals.values.allSatisfy(\.balances)
            #expect(isBalanced)
            let next = Self.declarations(try await Self.land(store, .summary))
            #expect(next.isEmpty, "what was told of them holds")

            // They can be had once more. Told by now, they are thinned like any others.
            let answer = try await Self.answer(Self.want(2, hours: 5..<7), store)
            #expect(answer.samples == 2 * Self.perHour)
            let told = Self.declarations(try await Self.land(store, .summary))
            let areRecalls = told.allSatisfy(\.isRecall)
            #expect(areRecalls)
            #expect(told.reduce(0) { $0 + $1.samples } == 2 * Self.perHour)
            _ = try await Self.thinWanted(store, archiveLimit: 0)
            totals = try await store.ledger().totals
            #expect(totals[.metrics]?.degraded == all - Self.perHour)
            let last = Self.declarations(try await Self.land(store, .summary))
            #expect(last.map(\.rung) == [.counts])
            #expect(last.map(\.samples) == [Self.perHour])
        }
    }

    @Test func `a declaration is pending from when it is made`() async throws {
        try await Self.withThinned(hours: 3) { store, _, _ in
            _ = try await Self.land(store, .summary)
            let before = try #require(try await store.ledger().totals[.summary])
            #expect(before.pending == 0)
            _ = try await Self.answer(Self.want(1, hours: 1..<2), store)
            let waiting = try #require(try await store.ledger().totals[.summary])
            #expect(waiting.produced == before.produced + 1)
            #expect(waiting.pending == 1)
            _ = try await Self.land(store, .summary)
            let after = try #require(try await store.ledger().totals[.summary])
            #expect(after.pending == 0 && after.balances)
            #expect(after.stored > before.stored)
        }
    }

    @Test func `a want that comes again is answered the same and takes nothing`() async throws {
        try await Self.withThinned(hours: 24) { store, hand, folder in
            let want = Self.want(7, hours: 0..<24)
            let size = try await store.archivedBytes()
            var half = want
            half = Want(id: 7, from: want.from, to: want.to, maxBytes: size / 2)
            let answer = try await Self.answer(half, store)
            #expect(answer.outcome == .partly)
            #expect(answer.bytes <= size / 2 && answer.bytes > 0)
            let left = try await store.archivedBytes()
            #expect(left + answer.bytes == size)
            let reopened = try ShipStore(directory: folder, create: false, clock: hand.clock)
            #expect(try await reopened.answer(half) == answer)
            #expect(try await reopened.archivedBytes() == left)
            // The same number of a shore that forgot what it stood for.
            let other = try await Self.answer(want, reopened)
            #expect(other.outcome == .held)
            #expect(other.bytes == left)
            #expect(try await reopened.archivedBytes() == 0)
            // It is on its way.
            let third = try await Self.answer(Self.want(8, hours: 0..<24), reopened)
            #expect(third == WantAnswer(id: 8, outcome: .held, samples: 0, bytes: 0))
            _ = try await Self.land(reopened, .backlog)
            let fourth = try await Self.answer(Self.want(9, hours: 0..<24), reopened)
            #expect(fourth == WantAnswer(id: 9, outcome: .notHeld, samples: 0, bytes: 0))
        }
    }

    @Test func `what is too dear and what is not there is said`() async throws {
        try await Self.withThinned(hours: 3) { store, _, _ in
            let archived = try await store.archivedBytes()
            let dear = try await Self.answer(Self.want(1, hours: 0..<3, maxBytes: 100), store)
            #expect(dear == WantAnswer(id: 1, outcome: .overBudget, samples: 0, bytes: 0))
            let none = try await Self.answer(Self.want(2, hours: 50..<60), store)
            #expect(none == WantAnswer(id: 2, outcome: .notHeld, samples: 0, bytes: 0))
            #expect(try await store.archivedBytes() == archived)
        }
    }

    @Test func `many that came back do not keep rollups from going`() async throws {
        try await Self.withThinned(hours: 100) { store, _, _ in
            // Singly, so that each stays a declaration of its own.
            for hour in 0..<90 where hour % 24 != 23 {
                _ = try await Self.answer(Self.want(UInt64(hour), hours: hour..<hour + 1), store)
            }
            _ = try await Self.land(store, .summary)
            #expect(try await store.poolTotals().rollups == 0)
            let totals = try await store.ledger().totals
            let isBalanced = totals.values.allSatisfy(\.balances)
            #expect(isBalanced)
            #expect(totals[.summary]?.pending == 0)
        }
    }
}
