import CoreDomain
import FleetIdentity
import FleetModel
import FleetProtocol
import FleetSeries
import FleetTestSupport
import Testing

/// What ships send in the place of samples, and what they tell of them.
@Suite(.timeLimit(.minutes(10)))
struct SummaryIngestTests {
    /// The start of an hour, so that every interval is whole.
    private static let hour = Timestamp(milliseconds: 1_795_251_600_000)

    /// An hour of three gauges, every 15 s.
    private static func samples(_ minutes: Range<Int> = 0..<60) -> [SampleBatch] {
        (minutes.lowerBound * 4..<minutes.upperBound * 4).map { step in
            Cargo.batch(
                at: hour.milliseconds + Int64(step) * 15_000,
                (0..<3).map { (series: $0, value: Double((step * 37 + $0 * 11) % 101) + 1) }
            )
        }
    }

    private func rollups(
        _ shore: Shore,
        _ ship: EnrolmentDesk.Admission,
        _ resolution: RollupResolution
    ) async throws -> [Timestamp: [Int32: SeriesRollup]] {
        var found: [Timestamp: [Int32: SeriesRollup]] = [:]
        try await shore.telemetry.eachRollup(
            of: ship.identity,
            resolution,
            range: TimeRange(
                from: Self.hour - .seconds(86_400),
                to: Self.hour + .seconds(86_400)
            )
        ) { start, block in
            if !block.series.isEmpty { found[start] = block.series }
        }
        return found
    }

    private static func recall(
        _ sequence: UInt64,
        _ minutes: Range<Int>
    ) throws
        -> ReceiveSession.Segment
    {
        let declaration = Declaration(
            lane: .metrics,
            from: hour + .seconds(Int64(minutes.lowerBound) * 60),
            to: hour + .seconds(Int64(minutes.upperBound) * 60),
            was: .oneMinute,
            rung: .raw,
            samples: UInt64(minutes.count * 12),
            reason: .recalled,
            at: hour
        )
        return Cargo.summary(sequence, try SummarySegment(declarations: [declaration]).encode())
    }

    @Test(arguments: [Rung.oneMinute, .fiveMinutes, .quarterHour])
    func `rollups from a ship are the same as of its samples`(rung: Rung) async throws {
        try await withShore { shore in
            let raw = try await shore.ship(tenant: "raw")
            let session = try await shore.open(raw)
            let samples = Self.samples()
            _ = try await session.commit(
                [try Cargo.catalogue(0, 0..<3), try Cargo.metrics(0, samples)],
                partials: []
            )
            let thin = try await shore.ship(tenant: "thin")
            let other = try await shore.open(thin)
            let cargo = [try Cargo.catalogue(0, 0..<3), try Cargo.rollups(0, rung, samples)]
            _ = try await other.commit(cargo, partials: [])
            // The same again changes nothing, in this session or another.
            _ = try await other.commit(cargo, partials: [])
            _ = try await shore.open(thin).commit(cargo, partials: [])

            for resolution in RollupResolution.allCases {
                let wanted = try await rollups(shore, raw, resolution)
                let found = try await rollups(shore, thin, resolution)
                if rung == .quarterHour, resolution == .fiveMinutes {
                    #expect(found.isEmpty)
                    continue
                }
                #expect(!wanted.isEmpty)
                #expect(found == wanted)
            }
            #expect(try await shore.number("SELECT count(*) FROM hawser.rollup_segments") == 1)
        }
    }

    @Test func `samples that come back replace what stood for them`() async throws {
        try await withShore { shore in
            let ship = try await shore.ship()
            let session = try await shore.open(ship)
            // Thinned in three parts, one of which ends within a minute's neighbour.
            _ = try await session.commit(
                [
                    try Cargo.catalogue(0, 0..<3),
                    try Cargo.rollups(0, .oneMinute, Self.samples(0..<20)),
                    try Cargo.rollups(1, .oneMinute, Self.samples(20..<33)),
                    try Cargo.rollups(2, .oneMinute, Self.samples(33..<60)),
                ],
                partials: []
            )
            let thinned = try await rollups(shore, ship, .hour)
            #expect(thinned[Self.hour]?[0]?.count == 240)
            let back = Self.samples(20..<33)
            _ = try await session.commit([try Self.recall(3, 20..<33)], partials: [])
            #expect(try await rollups(shore, ship, .hour)[Self.hour]?[0]?.count == 188)
            _ = try await session.commit([try Cargo.backlog(0, back)], partials: [])
            let whole = try await rollups(shore, ship, .hour)
            #expect(whole[Self.hour]?[0]?.count == 240)
            #expect(whole[Self.hour]?[0]?.sketch == thinned[Self.hour]?[0]?.sketch)
            #expect(try await rollups(shore, ship, .fiveMinutes).count == 12)
            // Thinned once more, after all: that is no longer void.
            _ = try await session.commit(
                [
                    try Self.recall(4, 0..<20),
                    try Cargo.rollups(5, .fiveMinutes, Self.samples(0..<20)),
                ],
                partials: []
            )
            #expect(try await rollups(shore, ship, .hour)[Self.hour]?[0]?.count == 240)
            #expect(try await rollups(shore, ship, .day).values.first?[0]?.count == 240)
        }
    }

    @Test func `rollups of series that are not in the catalogue are set aside`() async throws {
        try await withShore { shore in
            let ship = try await shore.ship()
            let session = try await shore.open(ship)
            let outcome = try await session.commit(
                [try Cargo.catalogue(0, 0..<2), try Cargo.rollups(0, .oneMinute, Self.samples())],
                partials: []
            )
            #expect(outcome.badSegment?.code == .malformed)
            let kept = "SELECT record_count FROM hawser.quarantined_segments WHERE lane = 3"
            #expect(try await shore.number(kept) == 180)
        }
    }

    @Test func `what is stored is counted by the day of its own time`() async throws {
        try await withShore { shore in
            let ship = try await shore.ship()
            let session = try await shore.open(ship)
            // Across midnight.
            let midnight = Self.hour.floored(to: .seconds(86_400))
            let batches = (-3..<5).map { step in
                Cargo.batch(
                    at: midnight.milliseconds + Int64(step) * 15_000,
                    step == 2 ? [(0, 1)] : [(0, 1), (1, 2)]
                )
            }
            _ = try await session.commit(
                [
                    try Cargo.catalogue(0, 0..<2), try Cargo.metrics(0, batches),
                    try Cargo.backlog(
                        0,
                        [Cargo.batch(at: midnight.milliseconds - 60_000, [(0, 3)])]
                    ),
                ],
                partials: []
            )
            let day = midnight.milliseconds / 86_400_000
            func stored(_ day: Int64) async throws -> Int64 {
                try await shore.number(
                    "SELECT stored FROM hawser.stored_days WHERE lane = 4 AND day = \(day)"
                )
            }
            #expect(try await stored(day - 1) == 7)
            #expect(try await stored(day) == 9)
        }
    }
}
