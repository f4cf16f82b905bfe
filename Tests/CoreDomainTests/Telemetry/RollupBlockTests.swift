import CoreDomain
import FleetModel
import FleetSeries
import FleetTestSupport
import Testing

struct RollupBlockTests {
    private static let start = Timestamp(milliseconds: 1_795_254_600_000)

    private func number(using generator: inout SeededGenerator) -> Double {
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: Double(bitPattern: generator.next())
        case 1: .infinity
        case 2: -0.0
        case 3: 0
        default: Double(Int.random(in: -9...9, using: &generator))
        }
    }

    private func isSame(_ one: SeriesRollup, _ two: SeriesRollup?) -> Bool {
        guard let two else { return false }
        return one.count == two.count && one.lastAt == two.lastAt
            && one.sum.bitPattern == two.sum.bitPattern
            && one.min.bitPattern == two.min.bitPattern
            && one.max.bitPattern == two.max.bitPattern
            && one.last.bitPattern == two.last.bitPattern
    }

    @Test func `any block is read as it was written, bit by bit`() throws {
        var generator = SeededGenerator(seed: SeededGenerator.seed(name: "rollup blocks"))
        for _ in 0..<500 {
            var series: [Int32: SeriesRollup] = [:]
            for _ in 0..<Int.random(in: 0...40, using: &generator) {
                let last = number(using: &generator)
                let count = Int64.random(in: 1...1000, using: &generator)
                let isFlat = generator.chance(0.5)
                series[Int32.random(in: 0...Int32.max, using: &generator)] = SeriesRollup(
                    count: count,
                    sum: isFlat ? last * Double(count) : number(using: &generator),
                    min: isFlat ? last : number(using: &generator),
                    max: isFlat ? last : number(using: &generator),
                    last: last,
                    lastAt: Self.start.milliseconds
                        + Int64.random(in: 0..<300_000, using: &generator)
                )
            }
            let bytes = try RollupBlock(series: series).encoded(start: Self.start)
            let read = try RollupBlock(decoding: bytes, start: Self.start).series
            #expect(read.count == series.count)
            #expect(series.allSatisfy { isSame($0.value, read[$0.key]) })
            let plain = try RollupBlock(
                decoding: bytes,
                start: Self.start,
                withSketches: false
            ).series
            #expect(series.allSatisfy { isSame($0.value, plain[$0.key]) })
            #expect(plain.values.allSatisfy { $0.sketch == nil })
        }
    }

    @Test func `damaged blocks are refused or read, and never trap`() throws {
        var generator = SeededGenerator(seed: SeededGenerator.seed(name: "damaged blocks"))
        let block = RollupBlock(
            series: Dictionary(
                uniqueKeysWithValues: (0..<30).map {
                    ($0, SeriesRollup(value: Double($0), at: Self.start.milliseconds))
                }
            )
        )
        let bytes = try block.encoded(start: Self.start)
        for _ in 0..<5000 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                damaged[Int.random(in: 0..<damaged.count, using: &generator)] =
                    UInt8.random(in: 0...255, using: &generator)
            }
            _ = try? RollupBlock(decoding: damaged, start: Self.start)
        }
    }

    @Test func `merging keeps the later of two last values, and of equal times the newcomer`() {
        var rollup = SeriesRollup(value: 1, at: 100)
        rollup.merge(SeriesRollup(value: 2, at: 50))
        #expect(rollup.last == 1)
        rollup.merge(SeriesRollup(value: 3, at: 100))
        #expect(rollup.last == 3)
        #expect(rollup.count == 3 && rollup.sum == 6 && rollup.min == 1 && rollup.max == 3)
    }

    @Test func `sketches and counters are read as they were written`() throws {
        var counter = SeriesRollup(value: 1, at: Self.start.milliseconds, isCounter: true)
        counter.add(5, at: Self.start.milliseconds + 1)
        var series: [Int32: SeriesRollup] = [7: counter]
        for id in Int32(8)..<40 {
            var rollup = SeriesRollup(value: Double(id), at: Self.start.milliseconds)
            for value in 0..<id { rollup.add(Double(value * value) - 100, at: rollup.lastAt + 1) }
            series[id] = rollup
        }
        series[50] = SeriesRollup(value: .infinity, at: Self.start.milliseconds)
        series[50]?.add(-1e300, at: Self.start.milliseconds)
        series[50]?.add(1e-300, at: Self.start.milliseconds)
        let bytes = try RollupBlock(series: series).encoded(start: Self.start)
        #expect(try RollupBlock(decoding: bytes, start: Self.start).series == series)
        let some = try RollupBlock(decoding: bytes, start: Self.start, only: [9, 50])
        #expect(some.series == series.filter { [9, 50].contains($0.key) })
        #expect(series[7]?.distribution == nil)
        #expect(series[9]?.distribution?.count == 10)
    }

    @Test func `blocks of version 1 are read, and say that they have no distribution`() throws {
        let rollup = SeriesRollup(
            count: 4,
            sum: 20,
            min: 1,
            max: 9,
            last: 5,
            lastAt: Self.start.milliseconds
        )
        let bytes = try RollupBlock(series: [3: rollup]).encoded(start: Self.start)
        var body = try Zstd.decompress(bytes[...], limit: 1000)
        body[0] = 1
        let old = try Zstd.compress(body, level: 3)
        let read = try RollupBlock(decoding: old, start: Self.start)
        #expect(read.series == [3: rollup])
        #expect(read.series[3]?.distribution == nil)
    }
}
