import CoreDomain
import CorePostgres
import FleetModel
import FleetProtocol
import FleetTestSupport
import Testing

/// Rollups as they are stored, against a recount of the samples.
@Suite(.timeLimit(.minutes(10)))
struct RollupAccumulatorTests {
    struct Key: Hashable {
        let resolution: RollupResolution
        let start: Int64
        let series: Int32
    }

    /// What an interval must show, counted one sample after the other.
    private struct Recount {
        var count: Int64 = 0
        var sum = 0.0
        var magnitude = 0.0
        var min = Double.infinity
        var max = -Double.infinity
        var last = Double.nan
        var lastAt = Int64.min

        mutating func add(_ value: Double, at milliseconds: Int64) {
            count += 1
            sum += value
            magnitude += abs(value)
            min = Swift.min(min, value)
            max = Swift.max(max, value)
            if milliseconds >= lastAt { (last, lastAt) = (value, milliseconds) }
        }

        func agrees(with rollup: SeriesRollup) -> Bool {
            let isSum =
                sum == rollup.sum || (sum.isNaN && rollup.sum.isNaN)
                || abs(sum - rollup.sum) <= 1e-12 * magnitude
            return isSum && count == rollup.count && min == rollup.min && max == rollup.max
                && last == rollup.last && lastAt == rollup.lastAt
        }
    }

    private static let lowest: Int64 = -62_135_596_800_000
    private static let highest: Int64 = 253_402_300_799_999

    private func recount(_ samples: [Cargo.Sample]) -> [Key: Recount] {
        var counts: [Key: Recount] = [:]
        for sample in samples {
            let value = Double(bitPattern: sample.bits)
            if value.isNaN { continue }
            let at = min(max(sample.at, Self.lowest), Self.highest)
            for resolution in RollupResolution.allCases {
                let start = Timestamp(milliseconds: at).floored(to: resolution.length)
                let key = Key(
                    resolution: resolution,
                    start: start.milliseconds,
                    series: sample.series
                )
                counts[key, default: Recount()].add(value, at: at)
            }
        }
        return counts
    }

    /// Every rollup in the tables, whatever partition it is in.
    private func stored(_ shore: Shore) async throws -> [Key: SeriesRollup] {
        try await shore.superuser.withConnection { connection in
            let rows = try connection.execute(
                Statement(
                    "every_rollup",
                    "SELECT resolution_seconds, interval_at, body FROM hawser.rollups"
                )
            )
            var found: [Key: SeriesRollup] = [:]
            for row in rows {
                let start = try row.timestamp("interval_at")
                let block = try RollupBlock(decoding: row.bytes("body"), start: start)
                let resolution = RollupResolution(rawValue: try row.int32("resolution_seconds"))
                for (series, rollup) in block.series {
                    let key = Key(
                        resolution: resolution ?? .day,
                        start: start.milliseconds,
                        series: series
                    )
                    found[key] = rollup
                }
            }
            return found
        }
    }

    private func compare(_ expected: [Key: Recount], _ found: [Key: SeriesRollup]) {
        #expect(Set(expected.keys) == Set(found.keys))
        for (key, recount) in expected {
            guard let rollup = found[key] else { continue }
            #expect(recount.agrees(with: rollup), "\(key): \(recount) but \(rollup)")
        }
    }

    private func value(using generator: inout SeededGenerator) -> Double {
        switch Int.random(in: 0..<20, using: &generator) {
        case 0: StaleMarker.value
        case 1: .nan
        case 2: .infinity
        case 3: -.infinity
        case 4: -0.0
        case 5: Double.random(in: -1e300...1e300, using: &generator)
        case 6: Double(Int.random(in: -5...5, using: &generator))
        default: Double.random(in: -1000...1000, using: &generator)
        }
    }

    /// Clocks of all sorts: most are right, some late, some dead, some mad.
    private func base(using generator: inout SeededGenerator) -> Int64 {
        let now = Shore.now.milliseconds
        let wild: [Int64] = [
            .min, .max - 7_200_000, -62_135_596_800_000, 253_402_300_799_000, 0, -1,
            1_420_000_000_000,
            now + 30 * 86_400_000, now + 40 * 86_400_000, now + 4000 * 86_400_000,
        ]
        switch Int.random(in: 0..<10, using: &generator) {
        case 0, 1: return wild.randomElement(using: &generator) ?? now
        case 2, 3: return now - Int64.random(in: 0...(90 * 86_400_000), using: &generator)
        default: return now - Int64.random(in: 0...(2 * 86_400_000), using: &generator)
        }
    }

    private func segment(
        _ sequence: UInt64,
        using generator: inout SeededGenerator
    ) throws -> ReceiveSession.Segment {
        let base = base(using: &generator)
        var moments: Set<Int64> = []
        while moments.count < 12 {
            moments.insert(base + Int64.random(in: 0...7_100_000, using: &generator))
        }
        let batches = moments.shuffled(using: &generator).map { at in
            Cargo.batch(
                at: at,
                (0..<7).filter { _ in generator.chance(0.8) }
                    .map { ($0, value(using: &generator)) },
                group: UInt32(sequence % 2)
            )
        }
        return try Cargo.metrics(sequence, batches.filter { !$0.numbers.isEmpty })
    }

    @Test func `rollups agree with a recount whatever the clocks and values`() async throws {
        var generator = SeededGenerator(seed: SeededGenerator.seed(name: "rollups"))
        let segments = try (0..<60).map { try segment($0, using: &generator) }
        let sizes = (0..<60).map { _ in Int.random(in: 1...6, using: &generator) }
        try await withShore { shore in
            let ship = try await shore.ship()
            let session = try await shore.open(ship)
            _ = try await session.commit([try Cargo.catalogue(0, 0..<7)], partials: [])
            var rest = segments[...]
            for size in sizes where !rest.isEmpty {
                let outcome = try await session.commit(Array(rest.prefix(size)), partials: [])
                #expect(outcome.badSegment == nil)
                rest = rest.dropFirst(size)
            }
            compare(recount(try Cargo.samples(segments)), try await stored(shore))
            let outside = try await shore.number(
                "SELECT count(*) FROM hawser.sample_blocks_default"
            )
            let all = try await shore.number("SELECT count(*) FROM hawser.sample_blocks")
            #expect(all == 60)
            #expect(outside < all)
        }
    }

    @Test func `rollups agree with the samples that are read back`() async throws {
        var generator = SeededGenerator(seed: SeededGenerator.seed(name: "read back"))
        let now = Shore.now.milliseconds
        let segments = try (0..<130).map { index in
            let batches = (0..<4).map { step in
                let at = now - Int64.random(in: 0...7_000_000, using: &generator)
                return Cargo.batch(
                    at: at - at % 4 + Int64(step),
                    (0..<5).map { ($0, value(using: &generator)) }
                )
            }
            return try Cargo.metrics(UInt64(index), batches)
        }
        try await withShore { shore in
            let ship = try await shore.ship()
            let session = try await shore.open(ship)
            _ = try await session.commit([try Cargo.catalogue(0, 0..<5)] + segments, partials: [])

            var read: [Cargo.Sample] = []
            let range = try TimeRange(
                from: Shore.now - .seconds(86_400),
                to: Shore.now + .seconds(60)
            )
            try await shore.telemetry.eachSample(of: ship.identity, range: range) { sample in
                read.append(
                    Cargo.Sample(
                        series: sample.series,
                        at: sample.at.milliseconds,
                        bits: sample.value.bitPattern
                    )
                )
            }
            // More blocks than one page has: what was read is what was sent, bit by bit.
            let sent = try Cargo.samples(segments)
            let order = { (one: Cargo.Sample, two: Cargo.Sample) in
                (one.at, one.series, one.bits) < (two.at, two.series, two.bits)
            }
            #expect(read.sorted(by: order) == sent.sorted(by: order))

            var found: [Key: SeriesRollup] = [:]
            for resolution in RollupResolution.allCases {
                try await shore.telemetry.eachRollup(of: ship.identity, resolution, range: range) {
                    start,
                    block in
                    for (series, rollup) in block.series {
                        let key = Key(
                            resolution: resolution,
                            start: start.milliseconds,
                            series: series
                        )
                        found[key] = rollup
                    }
                }
            }
            compare(recount(sent), found)
        }
    }

    @Test func `rows that waited in the default partition move when theirs is made`() async throws {
        try await withShore { shore in
            let ship = try await shore.ship()
            let session = try await shore.open(ship)
            let far = Shore.now + .seconds(45 * 86_400)
            let early = try Cargo.metrics(0, [Cargo.batch(at: far.milliseconds, [(0, 1)])])
            _ = try await session.commit([try Cargo.catalogue(0, 0..<1), early], partials: [])
            #expect(
                try await shore.number("SELECT count(*) FROM hawser.sample_blocks_default") == 1
            )

            try await shore.run(
                "SET ROLE hawser_server; SELECT hawser.ensure_partitions('\(far)', '\(far)'); "
                    + "RESET ROLE"
            )
            for table in ["sample_blocks_default", "rollups_5m_default", "rollups_1h_default"] {
                #expect(
                    try await shore.number("SELECT count(*) FROM hawser.\(table)") == 0,
                    "\(table)"
                )
            }
            let late = try Cargo.metrics(1, [Cargo.batch(at: far.milliseconds + 1, [(0, 3)])])
            _ = try await session.commit([late], partials: [])
            #expect(try await shore.number("SELECT count(*) FROM hawser.sample_blocks") == 2)
            compare(recount(try Cargo.samples([early, late])), try await stored(shore))
        }
    }
}
