import FleetSeries
import Testing

struct HyperLogLogTests {
    private func sketch(of numbers: some Sequence<Int>) -> HyperLogLog {
        var sketch = HyperLogLog()
        for number in numbers { sketch.insert(Array("thing \(number)".utf8)) }
        return sketch
    }

    @Test(arguments: [0, 1, 10, 500, 768])
    func `few things are counted exactly`(count: Int) {
        let sketch = sketch(of: (0..<count).map { $0 } + (0..<count).map { $0 })
        #expect(sketch.isSparse)
        #expect(sketch.estimate.rounded() == Double(count))
    }

    @Test(arguments: [769, 2000, 5000, 20_000, 100_000, 300_000])
    func `many things are counted within four standard errors`(count: Int) {
        let sketch = sketch(of: 0..<count)
        #expect(!sketch.isSparse)
        let error = abs(sketch.estimate / Double(count) - 1)
        #expect(error < 4 * HyperLogLog.standardError, "\(sketch.estimate)")
    }

    @Test(arguments: 0..<UInt64(10))
    func `merging in any order gives the sketch of all things`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let total = [300, 700, 800, 5000][Int(seed % 4)]
        let whole = sketch(of: 0..<total)
        var parts = (0..<12).map { _ in
            let start = Int.random(in: 0..<total, using: &generator)
            return sketch(of: start..<min(total, start + total / 3))
        }
        parts += stride(from: 0, to: total, by: 100).map { sketch(of: $0..<min(total, $0 + 100)) }
        while parts.count > 1 {
            let first = parts.remove(at: Int.random(in: parts.indices, using: &generator))
            let second = Int.random(in: parts.indices, using: &generator)
            parts[second].merge(first)
        }
        #expect(parts[0] == whole, "seed \(seed)")
    }

    @Test(arguments: [0, 1, 700, 5000])
    func `bytes give back the sketch`(count: Int) throws {
        let sketch = sketch(of: 0..<count)
        var writer = ByteWriter()
        sketch.write(to: &writer)
        #expect(writer.bytes.count <= 3080)
        var reader = ByteReader(writer.bytes)
        #expect(try HyperLogLog(from: &reader) == sketch)
        try reader.finish()
    }

    @Test func `hashes are those of the published XXH64`() {
        #expect(XXH64.hash([]) == 0xEF46_DB37_51D8_E999)
        #expect(XXH64.hash(Array("a".utf8)) == 0xD24E_C4F1_A98C_6E5B)
        #expect(XXH64.hash(Array("abc".utf8)) == 0x44BC_2CF5_AD77_0999)
        let long = Array("Nobody inspects the spammish repetition".utf8)
        #expect(XXH64.hash(long) == 0xFBCE_A83C_8A37_8BF1)
    }
}
