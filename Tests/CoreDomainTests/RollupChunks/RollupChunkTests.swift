import FleetModel
import FleetSeries
import FleetTestSupport
import Testing

@testable import CoreDomain

struct RollupChunkTests {
    private static let period = Timestamp(milliseconds: 1_795_219_200_000)

    private func number(using generator: inout SeededGenerator) -> Double {
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: Double(bitPattern: generator.next())
        case 1: .infinity
        case 2: -0.0
        case 3: .nan
        case 4: Double(Int.random(in: -99_999...99_999, using: &generator)) / 100
        case 5: 9_007_199_254_740_994
        default: Double(Int.random(in: -9...9, using: &generator))
        }
    }

    private func rollup(
        at start: Int64,
        using generator: inout SeededGenerator
    ) -> SeriesRollup {
        let last = number(using: &generator)
        let count = Int64.random(in: 1...1000, using: &generator)
        let isFlat = generator.chance(0.5)
        var rollup = SeriesRollup(
            count: count,
            sum: isFlat ? last * Double(count) : number(using: &generator),
            min: isFlat ? last : number(using: &generator),
            max: isFlat ? last : number(using: &generator),
            last: last,
            lastAt: start + Int64.random(in: 0..<3_600_000, using: &generator),
            isCounter: generator.chance(0.3)
        )
        if !rollup.isCounter, !rollup.min.isNaN, generator.chance(0.5) {
            var sketch = DDSketch(3, count: 2)
            sketch.add(Double(Int.random(in: 1...50, using: &generator)))
            rollup.sketch = sketch
        }
        return rollup
    }

    private func chunk(using generator: inout SeededGenerator) -> RollupChunk {
        var chunk = RollupChunk()
        for _ in 0..<Int.random(in: 0...32, using: &generator) {
            let id = Int32.random(in: 0...Int32.max, using: &generator)
            let isWhole = generator.chance(0.5)
            for interval in 0..<Int64(20) where isWhole || generator.chance(0.5) {
                let start = Self.period.milliseconds + interval * 3_600_000
                chunk.series[id, default: [:]][start] = rollup(at: start, using: &generator)
            }
        }
        return chunk
    }

    /// What makes a rollup, bit by bit.
    private func words(_ rollup: SeriesRollup) -> [UInt64] {
        [
            UInt64(bitPattern: rollup.count), UInt64(bitPattern: rollup.lastAt),
            rollup.sum.bitPattern, rollup.min.bitPattern, rollup.max.bitPattern,
            rollup.last.bitPattern, rollup.isCounter ? 1 : 0,
        ]
    }

    @Test func `any chunk is read as it was written, bit by bit, and so is a part of it`() throws {
        var generator = SeededGenerator(seed: SeededGenerator.seed(name: "rollup chunks"))
        for _ in 0..<300 {
            let chunk = chunk(using: &generator)
            let encoded = try chunk.encoded(.hour, period: Self.period)
            let wanted = generator.chance(0.5) ? nil : Set(chunk.series.keys.prefix(3))
            let read = try RollupChunk(
                decoding: encoded.body,
                sketches: encoded.sketches,
                .hour,
                period: Self.period,
                only: wanted
            )
            #expect(Set(read.series.keys) == wanted ?? Set(chunk.series.keys))
            for (id, cells) in read.series {
                let original = try #require(chunk.series[id])
                #expect(cells.mapValues(words) == original.mapValues(words))
                #expect(cells.mapValues(\.sketch) == original.mapValues(\.sketch))
            }
        }
    }

    @Test func `damaged chunks are refused or read, and never trap`() throws {
        var generator = SeededGenerator(seed: SeededGenerator.seed(name: "damaged chunks"))
        for _ in 0..<200 {
            let encoded = try chunk(using: &generator).encoded(.hour, period: Self.period)
            // Below the compression, which would catch most of it.
            let plain = try Zstd.decompress(encoded.body[...], limit: 1 << 26)
            for _ in 0..<50 {
                var damaged = plain
                for _ in 0..<Int.random(in: 1...3, using: &generator) {
                    damaged[Int.random(in: 0..<damaged.count, using: &generator)] =
                        UInt8.random(in: 0...255, using: &generator)
                }
                _ = try? RollupChunk(
                    decoding: Zstd.compress(damaged, level: 1),
                    sketches: encoded.sketches,
                    .hour,
                    period: Self.period
                )
            }
        }
    }
}
