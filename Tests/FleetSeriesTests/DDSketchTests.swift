import FleetModel
import FleetSeries
import Testing

struct DDSketchTests {
    private static let quantiles = [0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1]

    private func sketch(_ values: some Sequence<Double>) -> DDSketch {
        var sketch = DDSketch()
        for value in values { sketch.add(value) }
        return sketch
    }

    /// Values of every size and both signs, with zeros, from a seed.
    private func values(_ count: Int, seed: UInt64) -> [Double] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            let size = Double.random(in: -8...8, using: &generator)
            var value = Double.random(in: 1..<2, using: &generator)
            for _ in 0..<Int(abs(size)) { value = size < 0 ? value / 10 : value * 10 }
            switch Int.random(in: 0..<10, using: &generator) {
            case 0: return 0
            case 1...3: return -value
            default: return value
            }
        }
    }

    @Test(arguments: 0..<UInt64(20))
    func `every quantile is within one percent of the exact one`(seed: UInt64) throws {
        let values = values(2000, seed: seed)
        let exact = values.sorted()
        let sketch = sketch(values)
        for q in Self.quantiles {
            let wanted = exact[Int((q * Double(exact.count - 1)).rounded(.down))]
            let found = try #require(sketch.quantile(q))
            #expect(abs(found - wanted) <= 0.01 * abs(wanted), "seed \(seed), quantile \(q)")
        }
    }

    @Test(arguments: 0..<UInt64(20))
    func `merging in any order gives the sketch of all values`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        // 16 powers of ten, or 80 more: wide enough to collapse.
        let values = values(3000, seed: seed).map {
            seed % 2 == 0 ? $0 : $0 * (Bool.random(using: &generator) ? 1e40 : 1e-40)
        }
        let whole = sketch(values)
        #expect(whole.isCollapsed == (seed % 2 == 1))
        #expect(whole.count == 3000)
        var parts = stride(from: 0, to: values.count, by: 100).map {
            sketch(values[$0..<$0 + 100])
        }
        while parts.count > 1 {
            let first = parts.remove(at: Int.random(in: parts.indices, using: &generator))
            let second = Int.random(in: parts.indices, using: &generator)
            parts[second].merge(first)
        }
        #expect(parts[0] == whole, "seed \(seed)")
    }

    @Test func `bins are found by bits, and their bounds are the powers of a root of two`() {
        #expect(DDSketchKey(0).rawValue == 0)
        #expect(DDSketchKey(-0.0).rawValue == 0)
        #expect(DDSketchKey(Double.leastNonzeroMagnitude).rawValue == 0)
        #expect(DDSketchKey(Double.leastNormalMagnitude).rawValue == 1)
        #expect(DDSketchKey(1).rawValue == 35 * 1022 + 1)
        #expect(DDSketchKey(-1).rawValue == -35 * 1022 - 1)
        #expect(DDSketchKey(1.0.nextDown).rawValue == 35 * 1022)
        // 2^(1/35), rounded up, is the first of the second bin.
        let root = Double(bitPattern: 0x3FF0_51ED_3525_4D7B)
        #expect(DDSketchKey(root).rawValue == 35 * 1022 + 2)
        #expect(DDSketchKey(root.nextDown).rawValue == 35 * 1022 + 1)
        #expect(DDSketchKey(Double.greatestFiniteMagnitude).rawValue == 71_610)
        #expect(DDSketchKey(.infinity).rawValue == 71_611)
        #expect(DDSketchKey(-.infinity).value == -.infinity)
    }

    @Test func `a bin's value lies within the bin, one percent from either end`() {
        for key in stride(from: Int32(1), through: 71_575, by: 7) {
            let bin = DDSketchKey(rawValue: key)
            #expect(DDSketchKey(bin.value) == bin)
            #expect(DDSketchKey(rawValue: -key).value == -bin.value)
            #expect(DDSketchKey(bin.value * 1.0099) == bin, "bin \(key)")
            #expect(DDSketchKey(bin.value * 1.0101).rawValue == key + 1, "bin \(key)")
            guard key > 1 else { continue }
            #expect(DDSketchKey(bin.value * 0.9903) == bin, "bin \(key)")
            #expect(DDSketchKey(bin.value * 0.9901).rawValue == key - 1, "bin \(key)")
        }
    }

    @Test func `infinities are kept, and what is not a number is not`() {
        let sketch = sketch([.infinity, -.infinity, .nan, StaleMarker.value, 1, 1e-300])
        #expect(sketch.count == 4)
        #expect(sketch.quantile(0) == -.infinity)
        #expect(sketch.quantile(1) == .infinity)
        #expect(sketch.isCollapsed)
        #expect(DDSketch().quantile(0.5) == nil)
        #expect(sketch.quantile(1.5) == nil)
    }
}
