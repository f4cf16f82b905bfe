import FleetModel
import FleetProtocol
import FleetSeries
import FleetTestSupport
import ShipStore
import ShipTestSupport
import Testing

/// A store that begins anew, in another epoch.
@Suite(.timeLimit(.minutes(10)))
struct EpochTests {
    /// A midnight.
    private static let start = Timestamp(milliseconds: 1_795_219_200_000)

    /// The shore takes the lane up to a segment.
    private func release(_ lane: Lane, _ end: UInt64, _ store: ShipStore) async throws {
        try await store.release([
            UploadSession.Release(lane: lane, sequence: end, durableOffset: 0)
        ])
    }

    /// Sends what waits.
    private func land(_ store: ShipStore, _ lane: Lane) async throws -> [[UInt8]] {
        while try await store.sequenceNext(lane) != nil {}
        let segments = try await Aboard.segments(store, lane)
        try await release(lane, try #require(try await store.ends()[lane]), store)
        return segments.map(\.bytes)
    }

    @Test(arguments: [0, 700, 16 << 20])
    func `what waits is read in a new epoch, however little of what the shore has is kept`(
        keptBytes: Int
    ) async throws {
        var generator = SeededGenerator(seed: SeededGenerator.seed(name: "kept chains"))
        for _ in 0..<6 {
            try await withTemporaryDirectory { folder in
                let hand = Hand(at: Self.start)
                let store = try ShipStore(
                    directory: folder,
                    create: true,
                    keptBytes: keptBytes,
                    clock: hand.clock
                )
                var stored: UInt64 = 0
                let count = UInt64.random(in: 60...150, using: &generator)
                for minute in 0..<count {
                    try await Aboard.accept(store, at: hand.now, series: 7, seed: minute)
                    try await Aboard.seal(store)
                    hand.move(.seconds(15))
                    // The shore keeps up, two segments behind at the end.
                    guard generator.chance(0.3) || minute + 3 == count else { continue }
                    stored = minute + 1
                    _ = try await store.offer(.metrics, minute)
                    try await release(.metrics, stored, store)
                    if generator.chance(0.5) { _ = try await land(store, .catalogue) }
                }
                let truth = try #require(
                    try await store.laneReports().first { $0.position.lane == .metrics }
                )
                #expect(truth.position.sequence == stored)
                if keptBytes == 0 { #expect(stored - truth.firstHeld <= 64) }
                let lost = try await store.beginEpoch(truth: [truth.position])
                #expect(lost.isEmpty)
                let samples = try await land(store, .backlog).reduce(0) {
                    $0 + (try MetricsSegmentDecoder.summary(of: $1[...]).sampleCount)
                }
                #expect(UInt64(samples) == (count - stored) * 7)
            }
        }
    }

    @Test func `the days of all epochs add up to what was produced`() async throws {
        try await withTemporaryDirectory { folder in
            let hand = Hand(at: Self.start)
            let store = try ShipStore(directory: folder, create: true, clock: hand.clock)
            var tanks = Tanks(seed: 3)
            // Two days that wait, of which six hours are thinned, and six go ashore.
            try await tanks.sail(hours: 48, store, hand)
            for _ in 0..<6 {
                let unit = try #require(try await store.unitToThin())
                let isThinned = try await store.tidy { writer in
                    try writer.thin(unit, to: .counts, [], reason: .budget, archiveLimit: 0)
                }
                #expect(isThinned)
            }
            for _ in 0..<6 {
                let end = try #require(try await store.sequenceNext(.backlog))
                try await release(.backlog, end, store)
            }
            // Some was told of the first epoch, and some was not; some is not even sealed.
            var known: [Lane: [Int32: DayAccount]] = [:]
            let told = try await accounts(store, &known)
            try await Aboard.accept(store, at: hand.now, series: 5)
            let event = FleetEvent(at: hand.now, severity: .info, kind: "test", message: "?")
            try await store.write { try $0.record(event) }

            let before = try await store.ledger().totals
            #expect(told[.metrics]?.produced == 48 * Tanks.samplesPerHour)
            _ = try await store.beginEpoch(truth: [])
            known = [:]
            let days = try await accounts(store, &known)
            // What was stored before is the other epoch's.
            let stored = 6 * Tanks.samplesPerHour
            let metrics = try #require(days[.metrics])
            #expect(metrics.degraded == 6 * Tanks.samplesPerHour)
            #expect(metrics.lost == 0)
            #expect(metrics.produced == before[.metrics].map { $0.produced - stored })
            #expect(days[.events]?.produced == 1)
            try await Aboard.accept(store, at: hand.now, series: 5, seed: 2)
            hand.move(.seconds(3600))
            let later = try await accounts(store, &known)
            #expect(later[.metrics]?.produced == metrics.produced + 5)
        }
    }

    /// What the shore knows by now, all days together.
    private func accounts(
        _ store: ShipStore,
        _ known: inout [Lane: [Int32: DayAccount]]
    ) async throws -> [Lane: LedgerTotals] {
        for bytes in try await land(store, .summary) {
            guard let summary = try? SummarySegment.decode(bytes[...]) else { continue }
            for account in summary.accounts {
                known[account.lane, default: [:]][account.day] = account
            }
        }
        return known.mapValues { days in
            days.values.reduce(into: LedgerTotals()) { sum, day in
                sum.produced += day.produced
                sum.degraded += day.degraded
                sum.lost += day.lost
            }
        }
    }
}
