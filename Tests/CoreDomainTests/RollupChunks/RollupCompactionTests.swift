import CorePostgres
import FleetIdentity
import FleetModel
import FleetProtocol
import FleetSeries
import FleetTestSupport
import Testing

@testable import CoreDomain

/// Rows of all series into chunks of few: the same answers before, during and after.
@Suite(.timeLimit(.minutes(10)))
struct RollupCompactionTests {
    private static let seriesCount = 70
    private static let start = (Shore.now - .seconds(6 * 86_400)).floored(to: .seconds(86_400))

    private static let range = try? TimeRange(
        from: start - .seconds(2 * 86_400),
        to: Shore.now + .seconds(86_400)
    )

    /// Two hours, each series now and then. Whole numbers: sums do not depend on the order.
    private static func samples(
        hour: Int64,
        using generator: inout SeededGenerator
    ) -> [SampleBatch] {
        (0..<24).map { step in
            let some = (0..<seriesCount).filter { _ in
                UInt8.random(in: 0..<4, using: &generator) > 0
            }
            return Cargo.batch(
                at: start.milliseconds + hour * 3_600_000 + Int64(step) * 300_000
                    + Int64.random(in: 0..<1000, using: &generator),
                (some.isEmpty ? [0] : some).map {
                    (series: $0, value: Double(Int.random(in: 0..<100, using: &generator)))
                }
            )
        }
    }

    struct Key: Hashable {
        let seconds: Int32
        let start: Int64
        let series: Int32
    }

    private func stored(
        _ shore: Shore,
        _ identity: ShipIdentity,
        only ids: Set<Int32>? = nil
    ) async throws -> [Key: SeriesRollup] {
        var found: [Key: SeriesRollup] = [:]
        let range = try #require(Self.range)
        for resolution in RollupResolution.allCases {
            var last = Timestamp(milliseconds: .min)
            try await shore.telemetry.eachRollup(
                of: identity,
                resolution,
                range: range,
                only: ids
            ) { start, block in
                #expect(start > last)
                last = start
                for (id, rollup) in block.series {
                    let key = Key(
                        seconds: resolution.rawValue,
                        start: start.milliseconds,
                        series: id
                    )
                    // Five-minute rollups have no sketches but of what just came.
                    var rollup = rollup
                    if !resolution.keepsSketches { rollup.sketch = nil }
                    #expect(found.updateValue(rollup, forKey: key) == nil)
                }
            }
        }
        return found
    }

    @Test func `answers are those of a ship that is never compacted, whatever comes late`()
        async throws
    {
        let seed = SeededGenerator.seed(name: "rollup compaction")
        var generator = SeededGenerator(seed: seed)
        try await withShore { shore in
            let tenant = try await shore.tenants.create(
                name: "acme",
                at: Shore.now,
                for: .command("test")
            )
            let one = try await shore.ship(of: tenant, "compacted")
            let two = try await shore.ship(of: tenant, "left")
            var sessions = [try await shore.open(one), try await shore.open(two)]
            for session in sessions {
                _ = try await session.commit(
                    [try Cargo.catalogue(0, 0..<Self.seriesCount)],
                    partials: []
                )
            }
            let compaction = RollupCompaction(pool: shore.pool)
            var summaries: UInt64 = 0
            var rows = 0
            for round in 0..<12 {
                // Now a new hour, now one that was compacted, now thinned, now taken back. All end
                // before the portion of days in which `now` lies: what is younger stays in rows.
                let hour = Int64.random(in: 0..<94, using: &generator)
                let samples = Self.samples(hour: hour, using: &generator)
                var cargo = [try Cargo.metrics(UInt64(round), samples)]
                if round % 3 == 2 {
                    cargo.append(try Cargo.rollups(summaries, .fiveMinutes, samples))
                    summaries += 1
                }
                if round % 6 == 5 {
                    let declaration = Declaration(
                        lane: .metrics,
                        from: Self.start + .seconds(hour * 3600),
                        to: Self.start + .seconds(hour * 3600 + 4000),
                        was: .fiveMinutes,
                        rung: .raw,
                        samples: 100,
                        reason: .recalled,
                        at: Shore.now
                    )
                    cargo.append(
                        Cargo.summary(
                            summaries,
                            try SummarySegment(declarations: [declaration]).encode()
                        )
                    )
                    summaries += 1
                }
                for session in sessions { _ = try await session.commit(cargo, partials: []) }
                if round % 4 == 3 {
                    // A new session knows no more than the tables.
                    sessions = [try await shore.open(one), try await shore.open(two)]
                }
                if round % 2 == 1 {
                    rows += try await compaction.compact(one.identity, at: Shore.now).rows
                }
                let wanted = try await stored(shore, two.identity)
                #expect(try await stored(shore, one.identity) == wanted, "seed \(seed)")
                let ids: Set<Int32> = [3, 31, 32, 69]
                #expect(
                    try await stored(shore, one.identity, only: ids)
                        == wanted.filter { ids.contains($0.key.series) }
                )
            }
            #expect(rows > 100)
            // All there is lies in chunks: of three ranges of series, five minutes have no row left.
            let left = "SELECT count(*) FROM hawser.rollups WHERE ship_id = "
            let ship = one.identity.ship.rawValue
            #expect(
                try await shore.number("\(left)\(ship) AND sample_count > 0") == 0
            )
            #expect(
                try await shore.number(
                    "\(left)\(ship) AND resolution_seconds = 300 AND thinned IS NULL"
                ) == 0
            )
            #expect(
                try await shore.number(
                    "SELECT count(DISTINCT first_series) FROM hawser.rollup_chunks"
                ) == 3
            )
            // Nothing is left to do, and nobody else was touched.
            let again = try await compaction.compact(one.identity, at: Shore.now)
            #expect(again == RollupCompaction.Outcome())
            let others = two.identity.ship.rawValue
            #expect(
                try await shore.number(
                    "SELECT count(*) FROM hawser.rollup_chunks WHERE ship_id = \(others)"
                ) == 0
            )
        }
    }

    @Test func `nothing is lost or doubled while ships, readers and two replicas are at it`()
        async throws
    {
        try await withShore(size: 8) { shore in
            let ship = try await shore.ship()
            let session = try await shore.open(ship)
            _ = try await session.commit(
                [try Cargo.catalogue(0, 0..<Self.seriesCount)],
                partials: []
            )
            let compaction = RollupCompaction(pool: shore.pool)
            var generator = SeededGenerator(seed: 5)
            let cargo = try (0..<40).map { index in
                // The same few hours again and again: each commit fills rows that were just moved.
                try Cargo.metrics(
                    UInt64(index),
                    Self.samples(hour: Int64(index % 4), using: &generator)
                )
            }
            let sent = Int64(try Cargo.samples(cargo).count)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for segment in cargo { _ = try await session.commit([segment], partials: []) }
                }
                for _ in 0..<2 {
                    group.addTask {
                        for _ in 0..<25 {
                            _ = try await compaction.compact(ship.identity, at: Shore.now)
                        }
                    }
                }
                group.addTask {
                    var least: Int64 = 0
                    for _ in 0..<25 {
                        let found = try await stored(shore, ship.identity)
                        let count = found.filter { $0.key.seconds == 3600 }.values
                            .reduce(0) { $0 + $1.count }
                        #expect(count >= least && count <= sent)
                        least = count
                    }
                }
                try await group.waitForAll()
            }
            _ = try await compaction.compact(ship.identity, at: Shore.now)
            let found = try await stored(shore, ship.identity)
            for resolution in RollupResolution.allCases {
                let count = found.filter { $0.key.seconds == resolution.rawValue }.values
                    .reduce(0) { $0 + $1.count }
                #expect(count == sent)
            }
        }
    }

    @Test func `the last hours stay where ingest finds them`() async throws {
        try await withShore { shore in
            let ship = try await shore.ship()
            let session = try await shore.open(ship)
            _ = try await session.commit(try Cargo.voyage(segments: 5), partials: [])
            let outcome = try await RollupCompaction(pool: shore.pool)
                .compact(ship.identity, at: Shore.now)
            #expect(outcome == RollupCompaction.Outcome())
        }
    }
}
