import FleetModel
import FleetProtocol
import FleetRuntime
import FleetSeries
import FleetTestSupport
import ShipDomain
import ShipStore
import ShipTestSupport
import Testing

/// The ladder: what can't be carried is thinned, the oldest first, and every step is declared.
@Suite(.timeLimit(.minutes(10)))
struct ThinnerTests {
    private static let start = Timestamp(milliseconds: 1_795_219_200_000)
    private static let series = 40

    /// Hours of samples every 15 s without a link, and what the keeper makes of them.
    private static func sail(hours: Int, _ store: ShipStore, _ hand: Hand) async throws {
        var generator = SeededGenerator(seed: 9)
        for hour in 0..<hours {
            var batches: [SampleBatch] = []
            let numbers = try await store.write { writer in
                try writer.resolve(
                    (0..<series).map { number in
                        let name = number % 4 == 0 ? "engine_revolutions_total" : "engine_celsius"
                        let labels = LabelSet(name: name, ["sensor": "\(number)"])
                        return (labels, number % 4 == 0 ? SeriesKind.counter : .gauge)
                    }
                )
            }
            for step in 0..<240 {
                let values = numbers.map { number -> Double in
                    if number.rawValue % 4 == 0 { return Double(hour * 240 + step) * 7 }
                    return (600 + Double.random(in: 0..<200, using: &generator)).rounded() / 10
                }
                batches.append(
                    SampleBatch(
                        group: 1,
                        at: hand.now + .seconds(Int64(step) * 15),
                        numbers: numbers,
                        values: values
                    )
                )
            }
            let sealed = batches
            try await store.write { writer in
                var encoder = MetricsSegmentEncoder()
                try writer.acceptAndSeal(sealed, encoder: &encoder)
            }
            hand.move(.seconds(3600))
            while try await store.tidy({ try $0.withdraw() }).segments > 0 {}
        }
        while try await store.tidy({ try $0.compactPool() }).segments > 0 {}
    }

    private static func withBacklog(
        hours: Int = 24,
        class linkClass: (UInt64) -> LinkClass,
        limits: Thinner.Limits = Thinner.Limits(horizon: .seconds(86_400), backlogShare: 0),
        _ body: (ShipStore, Thinner, LinkDesk, Hand) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { folder in
            let hand = Hand(at: Self.start)
            let store = try ShipStore(directory: folder, create: true, clock: hand.clock)
            try await sail(hours: hours, store, hand)
            // What was fresh once is not foreseen for the next day.
            hand.move(.seconds(3 * 86_400))
            let raw = try await store.poolTotals().raw
            let plan = LinkPlan(classes: [linkClass(raw)], defaultClass: "vsat")
            let desk = try await LinkDesk(plan: plan, store: store, clock: hand.clock)
            let thinner = Thinner(store: store, desk: desk, limits: limits)
            try await body(store, thinner, desk, hand)
        }
    }

    /// Sends all that waits to a shore that takes everything.
    private static func land(
        _ store: ShipStore,
        lanes: [Lane] = [.summary, .backlog]
    ) async throws -> [Lane: [[UInt8]]] {
        var landed: [Lane: [[UInt8]]] = [:]
        for lane in lanes {
            while let end = try await store.sequenceNext(lane) {
                let segment = try #require(try await store.offer(lane, end - 1))
                landed[lane, default: []].append(segment.bytes)
                try await store.release([
                    UploadSession.Release(lane: lane, sequence: end, durableOffset: 0)
                ])
            }
        }
        return landed
    }

    private static func kinds(
        _ segments: [[UInt8]]
    ) throws -> (rollups: [RollupSegment], summaries: [SummarySegment]) {
        var rollups: [RollupSegment] = []
        var summaries: [SummarySegment] = []
        for bytes in segments {
            if let rollup = try? RollupSegment.decode(bytes[...]) {
                rollups.append(rollup)
            } else {
                summaries.append(try SummarySegment.decode(bytes[...]))
            }
        }
        return (rollups, summaries)
    }

    @Test func `what fits is left alone`() async throws {
        try await Self.withBacklog(hours: 3, class: { LinkClass(name: "vsat", dailyBytes: $0 * 3) })
        {
            store,
            thinner,
            _,
            _ in
            let before = try await store.pool()
            #expect(try await thinner.tend() == 0)
            #expect(try await store.pool() == before)
        }
    }

    @Test func `a tenth of the budget is spent on all of the time before any of it is finer`()
        async throws
    {
        try await Self.withBacklog(class: { LinkClass(name: "vsat", dailyBytes: $0 / 10) }) {
            store,
            thinner,
            desk,
            _ in
            let raw = try await store.poolTotals().raw
            #expect(try await thinner.tend() > 0)
            let waiting = try await store.poolTotals()
            #expect(waiting.raw + waiting.rollups <= raw / 10)
            // Neighbouring rungs at most, and the finer one is the newer.
            let items = try await store.pool()
            let rungs = Set(items.map(\.rung))
            #expect(rungs.count <= 2)
            let finest = try #require(rungs.min())
            let coarse = items.filter { $0.rung != finest }.map(\.first).max()
            let fine = items.filter { $0.rung == finest }.map(\.first).min()
            if let coarse, let fine { #expect(coarse < fine) }
            // Not more than it takes: one unit finer would not fit.
            let largest = items.map(\.length).max() ?? 0
            #expect(waiting.raw + waiting.rollups + UInt64(largest) * 3 > raw / 20)

            let totals = try #require(try await store.ledger().totals[.metrics])
            let samples = UInt64(24 * 240 * Self.series)
            #expect(totals.produced == samples)
            #expect(totals.balances)
            let landed = try await Self.land(store)
            let after = try await store.ledger().totals
            let areBalanced = after.values.allSatisfy(\.balances)
            #expect(areBalanced)
            let areAshore = [Lane.metrics, .summary].allSatisfy { after[$0]?.pending == 0 }
            #expect(areAshore)

            let (rollups, summaries) = try Self.kinds(landed[.summary] ?? [])
            let declared = summaries.flatMap(\.declarations)
            #expect(declared.reduce(0) { $0 + $1.samples } == totals.degraded)
            let areOfRaw = declared.allSatisfy { $0.lane == .metrics && $0.was == .raw }
            #expect(areOfRaw)
            let counted = rollups.flatMap(\.rows).reduce(0) { $0 + $1.count }
            let sent = try (landed[.backlog] ?? []).reduce(0) {
                $0 + (try MetricsSegmentDecoder.summary(of: $1[...]).sampleCount)
            }
            #expect(counted + UInt64(sent) == samples, "every sample is in something")
            let accounts = summaries.flatMap(\.accounts).filter { $0.lane == .metrics }
            #expect(accounts.reduce(0) { $0 + $1.produced } == samples)
            #expect(accounts.reduce(0) { $0 + $1.degraded } == totals.degraded)
            _ = desk
        }
    }

    @Test(arguments: [300, 20] as [UInt64])
    func `with next to no budget the counts of each series are left, with none their sum, declared`(
        budget: UInt64
    ) async throws {
        try await Self.withBacklog(
            hours: 6,
            class: { _ in LinkClass(name: "vsat", dailyBytes: budget) }
        ) {
            store,
            thinner,
            _,
            _ in
            try await thinner.tend()
            let (rollups, summaries) = try Self.kinds(try await Self.land(store)[.summary] ?? [])
            let areCounts = rollups.allSatisfy { $0.rung == .counts }
            #expect(areCounts)
            var counts: [SeriesNumber: UInt64] = [:]
            for row in rollups.flatMap(\.rows) { counts[row.series, default: 0] += row.count }
            if budget < 100 {
                #expect(counts.isEmpty)
            } else {
                #expect(counts.count == Self.series)
                let areWhole = counts.values.allSatisfy { $0 == 6 * 240 }
                #expect(areWhole)
            }
            let declared = summaries.flatMap(\.declarations)
            let areCounted = declared.allSatisfy { $0.rung == .counts && $0.reason == .budget }
            #expect(areCounted)
            #expect(declared.reduce(0) { $0 + $1.samples } == UInt64(6 * 240 * Self.series))
        }
    }

    @Test func `a full disk thins too, the archive before all else`() async throws {
        let limits = Thinner.Limits(storeBytes: 200_000)
        try await Self.withBacklog(class: { _ in .unlimited }, limits: limits) {
            store,
            thinner,
            _,
            _ in
            try await thinner.tend()
            #expect(try await store.usedBytes() <= 200_000)
            #expect(try await store.archivedBytes() == 0)
            let (_, summaries) = try Self.kinds(try await Self.land(store)[.summary] ?? [])
            let declared = summaries.flatMap(\.declarations)
            #expect(!declared.isEmpty)
            let areOfDisk = declared.allSatisfy { $0.reason == .disk }
            #expect(areOfDisk)
        }
    }

    @Test func `in port nothing is thinned`() async throws {
        try await Self.withBacklog(
            hours: 3,
            class: { _ in LinkClass(name: "vsat", dailyBytes: 10_000, isPort: true) }
        ) { store, thinner, _, _ in
            let before = try await store.pool()
            #expect(try await thinner.tend() == 0)
            #expect(try await store.pool() == before)
        }
    }

    @Test func `what the shore asks for comes back raw, and is declared back`() async throws {
        try await Self.withBacklog(
            hours: 12,
            class: { LinkClass(name: "vsat", dailyBytes: $0 / 10) }
        ) {
            store,
            thinner,
            _,
            _ in
            let before = try await Cells.all(store)
            try await thinner.tend()
            let degraded = try #require(try await store.ledger().totals[.metrics]).degraded
            let landed = try await Self.land(store)
            let from = Self.start + .seconds(3600)
            let recall = try await store.recall(
                from: from,
                to: from + .seconds(7200),
                maxBytes: 1 << 20
            )
            #expect(recall.items == 2)
            #expect(recall.samples == UInt64(2 * 240 * Self.series))
            let totals = try #require(try await store.ledger().totals[.metrics])
            #expect(totals.balances)
            #expect(totals.degraded == degraded - recall.samples)
            #expect(try await thinner.tend() == 0, "what was asked for is not thinned again")
            let back = try await Self.land(store)
            let cells = try (back[.backlog] ?? []).flatMap { try Cells.of($0) }
            #expect(
                cells.sorted()
                    == before.filter {
                        $0.at >= from.milliseconds && $0.at < from.milliseconds + 7_200_000
                    }
            )
            let declared = (landed[.summary, default: []] + back[.summary, default: []])
                .compactMap { try? SummarySegment.decode($0[...]) }
                .flatMap(\.declarations)
            let out = declared.filter { !$0.isRecall }.reduce(0) { $0 + $1.samples }
            let returned = declared.filter(\.isRecall).reduce(0) { $0 + $1.samples }
            #expect(out - returned == totals.degraded)
        }
    }

    @Test func `a small allowance is not exceeded by a recall`() async throws {
        try await Self.withBacklog(
            hours: 6,
            class: { LinkClass(name: "vsat", dailyBytes: $0 / 10) }
        ) {
            store,
            thinner,
            _,
            _ in
            try await thinner.tend()
            let recall = try await store.recall(
                from: Self.start,
                to: Self.start + .seconds(86_400),
                maxBytes: 30_000
            )
            #expect(recall.bytes <= 30_000)
            #expect(recall.items > 0)
        }
    }
}

/// Single samples, to compare.
private struct Cells: Comparable {
    let at: Int64
    let series: UInt32
    let bits: UInt64

    static func < (left: Self, right: Self) -> Bool {
        (left.at, left.series, left.bits) < (right.at, right.series, right.bits)
    }

    static func of(_ bytes: [UInt8]) throws -> [Cells] {
        try MetricsSegmentDecoder.decode(bytes[...]).batches().flatMap { batch in
            zip(batch.numbers, batch.values).map {
                Cells(at: batch.at.milliseconds, series: $0.rawValue, bits: $1.bitPattern)
            }
        }
    }

    /// Of raw samples in the pool.
    static func all(_ store: ShipStore) async throws -> [Cells] {
        var cells: [Cells] = []
        for item in try await store.pool() where item.rung == .raw {
            if let body = try await store.pooled(item.id) { cells += try of(body) }
        }
        return cells.sorted()
    }
}
