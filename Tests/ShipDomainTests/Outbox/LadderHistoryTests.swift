import FleetModel
import FleetProtocol
import FleetRuntime
import FleetSeries
import FleetTestSupport
import ShipDomain
import ShipStore
import ShipTestSupport
import Testing

/// Thinning, sending and recalling in any order, with restarts between: the account adds up.
@Suite(.timeLimit(.minutes(10)))
struct LadderHistoryTests {
    /// What is ashore.
    private struct Ashore {
        var samples: UInt64 = 0
        var declared: UInt64 = 0
        var recalled: UInt64 = 0
        var records: UInt64 = 0
        var released: [Lane: UInt64] = [:]

        mutating func take(_ lane: Lane, _ bytes: [UInt8], records count: UInt64) throws {
            if lane == .summary {
                records += count
                guard let summary = try? SummarySegment.decode(bytes[...]) else {
                    _ = try RollupSegment.decode(bytes[...])
                    return
                }
                for declaration in summary.declarations {
                    if declaration.isRecall {
                        recalled += declaration.samples
                    } else if declaration.was == .raw {
                        declared += declaration.samples
                    }
                }
            } else {
                samples += UInt64(try MetricsSegmentDecoder.decode(bytes[...]).sampleCount)
            }
        }
    }

    private static func sail(
        _ store: ShipStore,
        _ hand: Hand,
        using generator: inout SeededGenerator
    ) async throws {
        let count = Int.random(in: 2...30, using: &generator)
        let steps = Int.random(in: 10...120, using: &generator)
        let start = hand.now
        var values = (0..<count).map { _ in Double.random(in: 0..<100, using: &generator).rounded()
        }
        var rows: [[Double]] = []
        for _ in 0..<steps {
            for place in values.indices where generator.chance(0.3) { values[place] += 0.5 }
            rows.append(values)
        }
        let sealed = rows
        try await store.write { writer in
            let numbers = try writer.resolve(
                (0..<count).map { (LabelSet(name: "level", ["tank": "\($0)"]), .gauge) }
            )
            var encoder = MetricsSegmentEncoder()
            try writer.acceptAndSeal(
                sealed.enumerated().map { step, values in
                    SampleBatch(
                        group: 0,
                        at: start + .seconds(Int64(step) * 30),
                        numbers: numbers,
                        values: values
                    )
                },
                encoder: &encoder
            )
        }
        hand.move(.seconds(3600))
        while try await store.tidy({ try $0.withdraw() }).segments > 0 {}
        _ = try await store.tidy { try $0.compactPool() }
    }

    private static func send(
        _ lane: Lane,
        upTo count: Int,
        _ store: ShipStore,
        _ ashore: inout Ashore
    ) async throws {
        for _ in 0..<count {
            guard let end = try await store.sequenceNext(lane) else { return }
            let segment = try #require(try await store.offer(lane, end - 1))
            try ashore.take(lane, segment.bytes, records: segment.recordCount)
            ashore.released[lane] = end
            try await store.release([
                UploadSession.Release(lane: lane, sequence: end, durableOffset: 0)
            ])
        }
    }

    @Test func `any history of thinning, sending and recalling adds up`() async throws {
        var generator = SeededGenerator(seed: SeededGenerator.seed(name: "ladder histories"))
        for _ in 0..<3 {
            try await withTemporaryDirectory { folder in
                let hand = Hand(at: Timestamp(milliseconds: 1_795_219_200_000))
                var store = try ShipStore(directory: folder, create: true, clock: hand.clock)
                var ashore = Ashore()
                for _ in 0..<50 {
                    switch Int.random(in: 0..<10, using: &generator) {
                    case 0..<4: try await Self.sail(store, hand, using: &generator)
                    case 4, 5:
                        let waiting = try await store.poolTotals()
                        let share = Double.random(in: 0...1.2, using: &generator)
                        let bytes = Double(waiting.raw + waiting.rollups) * share
                        try await Self.thin(store, hand, to: UInt64(bytes))
                        guard generator.chance(0.3) else { break }
                        // No room for what the shore asked for either.
                        let used = Double(try await store.usedBytes())
                        let room = UInt64(used * Double.random(in: 0.8...1, using: &generator))
                        try await Self.thin(store, hand, to: UInt64(bytes), storeBytes: room)
                    case 6: try await Self.send(.summary, upTo: 3, store, &ashore)
                    case 7: try await Self.send(.backlog, upTo: 2, store, &ashore)
                    case 8:
                        let back = Int64.random(in: 0...20, using: &generator)
                        _ = try await store.recall(
                            from: hand.now - .seconds(back * 3600),
                            to: hand.now - .seconds(back * 1800),
                            maxBytes: UInt64.random(in: 0...20_000, using: &generator)
                        )
                    default:
                        store = try ShipStore(directory: folder, create: false, clock: hand.clock)
                    }
                    let isBalanced = try await store.ledger().totals.values.allSatisfy(\.balances)
                    #expect(isBalanced)
                }
                hand.move(.seconds(86_400))
                try await Self.send(.summary, upTo: .max, store, &ashore)
                try await Self.send(.backlog, upTo: .max, store, &ashore)
                try await Self.send(.summary, upTo: .max, store, &ashore)
                let totals = try #require(try await store.ledger().totals[.metrics])
                #expect(totals.stored == ashore.samples)
                #expect(totals.produced == totals.stored + totals.degraded)
                #expect(ashore.declared - ashore.recalled == totals.degraded)
                let summary = try #require(try await store.ledger().totals[.summary])
                #expect(summary.stored == ashore.records)
                #expect(summary.pending == 0)
            }
        }
    }

    private static func thin(
        _ store: ShipStore,
        _ hand: Hand,
        to bytes: UInt64,
        storeBytes: UInt64 = .max
    ) async throws {
        let plan = LinkPlan(
            classes: [LinkClass(name: "a", dailyBytes: bytes)],
            defaultClass: "a"
        )
        let desk = try await LinkDesk(plan: plan, store: store, clock: hand.clock)
        let limits = Thinner.Limits(
            horizon: .seconds(86_400),
            backlogShare: 0.9,
            storeBytes: storeBytes,
            archiveBytes: 30_000
        )
        try await Thinner(store: store, desk: desk, limits: limits).tend()
    }
}
