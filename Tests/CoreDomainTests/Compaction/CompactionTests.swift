import CorePostgres
import FleetIdentity
import FleetModel
import FleetProtocol
import FleetTestSupport
import Testing

@testable import CoreDomain

/// Blocks into chunks: the same samples before, during and after.
@Suite(.timeLimit(.minutes(10)))
struct CompactionTests {
    /// Some days before the shore's present, at 00:00.
    private static func day(_ before: Int64) -> Timestamp {
        (Shore.now - .seconds(before * 86_400)).floored(to: .seconds(86_400))
    }

    private static let everything = try? TimeRange(
        from: Shore.now - .seconds(30 * 86_400),
        to: Shore.now + .seconds(86_400)
    )

    private func stored(
        _ shore: Shore,
        _ identity: ShipIdentity
    ) async throws -> [Cargo.Sample] {
        var samples: [Cargo.Sample] = []
        let range = try #require(Self.everything)
        try await shore.telemetry.eachSample(of: identity, range: range) { sample in
            samples.append(
                Cargo.Sample(
                    series: sample.series,
                    at: sample.at.milliseconds,
                    bits: sample.value.bitPattern
                )
            )
        }
        return samples.sorted { ($0.at, $0.series, $0.bits) < ($1.at, $1.series, $1.bits) }
    }

    /// Segments of a day, ten minutes each, of series with holes, odd values and moving times.
    private static func segments(
        from start: Timestamp,
        count: Int,
        firstSequence: Int,
        series: Int,
        using generator: inout SeededGenerator
    ) throws -> [ReceiveSession.Segment] {
        let odd: [Double] = [.nan, .infinity, -0.0, StaleMarker.value, -.infinity]
        return try (0..<count).map { index in
            let batches = (0..<40).map { step -> SampleBatch in
                let at = start.milliseconds + Int64(index) * 600_000 + Int64(step) * 15_000
                let present = (0..<series).filter { _ in
                    UInt8.random(in: 0..<10, using: &generator) > 0
                }
                return Cargo.batch(
                    at: at + Int64.random(in: 0..<50, using: &generator),
                    (present.isEmpty ? [0] : present).map { number in
                        let value =
                            UInt8.random(in: 0..<50, using: &generator) == 0
                            ? odd[Int.random(in: 0..<odd.count, using: &generator)]
                            : Double(index * 40 + step) * Double(number % 7)
                        return (series: number, value: value)
                    },
                    group: UInt32(index % 2)
                )
            }
            return try Cargo.metrics(UInt64(firstSequence + index), batches)
        }
    }

    @Test func `every sample is there once before and after, and blocks have become chunks`()
        async throws
    {
        var generator = SeededGenerator(seed: 7)
        // Past midnight, over 300 series: more than one range of series.
        let segments = try Self.segments(
            from: Self.day(3) + .seconds(22 * 3600 + 1200),
            count: 20,
            firstSequence: 0,
            series: 300,
            using: &generator
        )
        try await withShore { shore in
            let ship = try await shore.ship()
            let session = try await shore.open(ship)
            _ = try await session.commit([try Cargo.catalogue(0, 0..<300)], partials: [])
            for segment in segments { _ = try await session.commit([segment], partials: []) }
            let before = try await stored(shore, ship.identity)
            let sent = try Cargo.samples(segments).count
            #expect(before.count == sent)
            let blocks = try await shore.number("SELECT count(*) FROM hawser.sample_blocks")

            let compaction = Compaction(pool: shore.pool)
            let outcome = try await compaction.compact(ship.identity, at: Shore.now)
            #expect(outcome.days == 2)
            #expect(outcome.blocks == Int(blocks))
            #expect(outcome.samples == Int64(before.count))
            #expect(outcome.bytesAfter < outcome.bytesBefore)
            #expect(try await shore.number("SELECT count(*) FROM hawser.sample_blocks") == 0)
            #expect(try await shore.number("SELECT count(*) FROM hawser.sample_chunks") >= 6)
            #expect(
                try await shore.number("SELECT sum(sample_count) FROM hawser.sample_chunks")
                    == Int64(before.count)
            )
            #expect(try await stored(shore, ship.identity) == before)
            // Nothing is left to do.
            let again = try await compaction.compact(ship.identity, at: Shore.now)
            #expect(again == Compaction.Outcome())
        }
    }

    @Test func `late blocks of a compacted day are read beside its chunks, then join them`()
        async throws
    {
        var generator = SeededGenerator(seed: 8)
        let start = Self.day(2)
        try await withShore { shore in
            let ship = try await shore.ship()
            let session = try await shore.open(ship)
            _ = try await session.commit([try Cargo.catalogue(0, 0..<10)], partials: [])
            let compaction = Compaction(pool: shore.pool)
            var sent: [ReceiveSession.Segment] = []
            // A large first part, then small late ones: generations, until the day is written anew.
            for (round, count) in [60, 2, 2, 2, 2, 2, 2].enumerated() {
                let segments = try Self.segments(
                    from: start + .seconds(Int64(round) * 3000),
                    count: count,
                    firstSequence: sent.count,
                    series: 10,
                    using: &generator
                )
                _ = try await session.commit(segments, partials: [])
                sent += segments
                let wanted = try Cargo.samples(sent).map(\.bits).sorted()
                #expect(try await stored(shore, ship.identity).count == wanted.count)
                _ = try await compaction.compact(ship.identity, at: Shore.now)
                #expect(try await shore.number("SELECT count(*) FROM hawser.sample_blocks") == 0)
                let found = try await stored(shore, ship.identity).map(\.bits).sorted()
                #expect(found == wanted)
            }
            let generations = try await shore.number(
                "SELECT count(DISTINCT generation) FROM hawser.sample_chunks"
            )
            #expect((2...4).contains(generations), "\(generations)")
        }
    }

    @Test func `today stays as the ship sealed it`() async throws {
        try await withShore { shore in
            let ship = try await shore.ship()
            let session = try await shore.open(ship)
            _ = try await session.commit(try Cargo.voyage(segments: 5), partials: [])
            let outcome = try await Compaction(pool: shore.pool)
                .compact(ship.identity, at: Shore.now)
            #expect(outcome.days == 0)
        }
    }

    @Test func `readers see every sample once while a day is compacted`() async throws {
        var generator = SeededGenerator(seed: 9)
        try await withShore(size: 6) { shore in
            let ship = try await shore.ship()
            let session = try await shore.open(ship)
            _ = try await session.commit([try Cargo.catalogue(0, 0..<10)], partials: [])
            let compaction = Compaction(pool: shore.pool)
            var expected = 0
            for round in 0..<5 {
                let segments = try Self.segments(
                    from: Self.day(9 - Int64(round)),
                    count: 40,
                    firstSequence: round * 40,
                    series: 10,
                    using: &generator
                )
                _ = try await session.commit(segments, partials: [])
                expected += try Cargo.samples(segments).count
                let counts = try await withThrowingTaskGroup(of: Int?.self) { group in
                    // Two at once: each day is compacted by one of them.
                    for _ in 0..<2 {
                        group.addTask {
                            _ = try await compaction.compact(ship.identity, at: Shore.now)
                            return nil
                        }
                    }
                    for _ in 0..<4 {
                        group.addTask { try await stored(shore, ship.identity).count }
                    }
                    var counts: [Int] = []
                    for try await count in group { if let count { counts.append(count) } }
                    return counts
                }
                #expect(counts.allSatisfy { $0 == expected }, "\(counts), not \(expected)")
                #expect(try await stored(shore, ship.identity).count == expected)
            }
        }
    }

    @Test func `a block that can't be read stops its day and loses nothing`() async throws {
        var generator = SeededGenerator(seed: 10)
        try await withShore { shore in
            let ship = try await shore.ship()
            let session = try await shore.open(ship)
            let segments = try Self.segments(
                from: Self.day(2),
                count: 4,
                firstSequence: 0,
                series: 3,
                using: &generator
            )
            _ = try await session.commit([try Cargo.catalogue(0, 0..<3)] + segments, partials: [])
            try await shore.run(
                "UPDATE hawser.sample_blocks SET body = '\\x00'::bytea WHERE sequence = 2"
            )
            await #expect(throws: (any Error).self) {
                try await Compaction(pool: shore.pool).compact(ship.identity, at: Shore.now)
            }
            #expect(try await shore.number("SELECT count(*) FROM hawser.sample_blocks") == 4)
            #expect(try await shore.number("SELECT count(*) FROM hawser.sample_chunks") == 0)
        }
    }
}
