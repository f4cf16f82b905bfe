import FleetModel
import FleetSeries
import Testing

struct RollupBuilderTests {
    private func builder(_ rung: Rung) -> RollupBuilder {
        RollupBuilder(rung: rung) { $0.rawValue % 3 == 0 }
    }

    @Test(arguments: 0..<UInt64(6))
    func `fifteen minutes are the same bits by whatever way`(seed: UInt64) throws {
        var maker = SampleMaker(seed: seed, groups: 2, seriesPerGroup: 12)
        // In hundredths of an hour, so that a segment ends within a minute.
        let hour = (0..<100).map { _ in maker.batches(rows: 36) }
        var direct = builder(.quarterHour)
        var minutes = builder(.oneMinute)
        for batches in hour {
            var encoder = MetricsSegmentEncoder()
            let bytes = try encoder.encode(batches).bytes
            try direct.add(MetricsSegmentDecoder.decode(bytes[...]))
            try minutes.add(batches)
        }
        let wanted = direct.finish()
        #expect(wanted.count > 60)
        let fine = try RollupSegment.decode(
            RollupSegment.encode(minutes.finish(), rung: .oneMinute).bytes[...]
        )
        var fives = builder(.fiveMinutes)
        try fives.add(fine)
        let middle = try RollupSegment.decode(
            RollupSegment.encode(fives.finish(), rung: .fiveMinutes).bytes[...]
        )
        var fromFives = builder(.quarterHour)
        try fromFives.add(middle)
        var fromMinutes = builder(.quarterHour)
        try fromMinutes.add(fine)
        #expect(fromFives.finish().map(\.bits) == wanted.map(\.bits), "seed \(seed)")
        #expect(fromMinutes.finish().map(\.bits) == wanted.map(\.bits), "seed \(seed)")
        var counts = builder(.counts)
        try counts.add(middle)
        var rawCounts = builder(.counts)
        try rawCounts.add(hour.flatMap { $0 })
        #expect(counts.finish() == rawCounts.finish())
    }

    @Test func `a row is what its samples are`() throws {
        let values: [Double] = [3, 1, 4, 1, 5, 9, 2, 6]
        var gauges = RollupBuilder(rung: .fiveMinutes) { _ in false }
        var counters = RollupBuilder(rung: .fiveMinutes) { _ in true }
        for (index, value) in values.enumerated() {
            let batches = [batch(600_000 + Int64(index) * 30_000, [(7, value), (8, .nan)])]
            try gauges.add(batches)
            try counters.add(batches)
        }
        let gauge = try #require(gauges.finish().only?.values)
        #expect(gauge.count == 8)
        #expect(gauge.sum == 31)
        #expect((gauge.min, gauge.max, gauge.last) == (1, 9, 6))
        #expect(gauge.lastAt == 810_000)
        #expect(gauge.counter == nil)
        #expect(gauge.sketch?.count == 8)
        #expect(gauge.sketch?.quantile(0.5) == DDSketchKey(3).value)
        let counter = try #require(counters.finish().only?.values)
        #expect(counter.sketch == nil)
        // Resets after 3, 4 and 9: 1 + 3 + 1 + 4 + 4 + 2 + 4, counting from 3.
        #expect(counter.increase == 19)
    }

    @Test func `sums of decimals are decimals`() throws {
        var builder = RollupBuilder(rung: .quarterHour) { _ in false }
        for second in 0..<900 {
            let value = Double(200 + second % 7) / 10
            try builder.add([batch(Int64(second) * 1000, [(1, value)])])
        }
        let tenths = (0..<900).reduce(0) { $0 + 200 + $1 % 7 }
        #expect(builder.finish().only?.values?.sum == Double(tenths) / 10)
    }

    @Test func `late samples are counted in their own interval`() throws {
        var builder = RollupBuilder(rung: .oneMinute) { _ in false }
        for at in [120_000, 60_000, 130_000, 70_000, 0] as [Int64] {
            try builder.add([batch(at, [(1, Double(at))])])
        }
        let rows = builder.finish()
        #expect(rows.map(\.start.milliseconds) == [0, 60_000, 120_000])
        #expect(rows.map(\.count) == [1, 2, 2])
        #expect(rows[1].values?.last == 70_000)
        #expect(rows[1].values?.sum == 130_000)
    }

    @Test func `a coarser rung can't be made finer`() throws {
        var builder = builder(.oneMinute)
        let rows = try RollupSegmentTests.rows(1, .fiveMinutes)
        #expect(throws: SegmentError.self) { try builder.add(rows, rung: .fiveMinutes) }
    }
}

extension RollupRow {
    var values: RollupValues? {
        if case .values(let values) = content { values } else { nil }
    }
}

extension [RollupRow] {
    var only: RollupRow? { count == 1 ? self[0] : nil }
}
