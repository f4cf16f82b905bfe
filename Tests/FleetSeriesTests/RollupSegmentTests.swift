import FleetModel
import FleetSeries
import Testing

struct RollupSegmentTests {
    static let rungs = [Rung.oneMinute, .fiveMinutes, .quarterHour, .counts]

    /// Half an hour of every kind of series, and which of them are counters.
    static func samples(_ seed: UInt64, gaps: Bool) -> [SampleBatch] {
        var maker = SampleMaker(seed: seed, groups: 2, seriesPerGroup: 12)
        return maker.batches(rows: 1800, gaps: gaps)
    }

    static func rows(_ seed: UInt64, _ rung: Rung, gaps: Bool = false) throws -> [RollupRow] {
        var builder = RollupBuilder(rung: rung) { $0.rawValue % 3 == 0 }
        try builder.add(samples(seed, gaps: gaps))
        return builder.finish()
    }

    @Test(arguments: rungs, 0..<UInt64(6))
    func `rollups come back bit by bit`(rung: Rung, seed: UInt64) throws {
        let rows = try Self.rows(seed, rung, gaps: seed % 2 == 1)
        #expect(rows.count > 20)
        let segments = try RollupSegment.seal(rows.shuffled(), rung: rung)
        var read: [RollupRow] = []
        for segment in segments {
            let opened = try RollupSegment.decode(segment.bytes[...])
            #expect(opened.rung == rung)
            #expect(opened.rows.count == segment.recordCount)
            #expect(opened.watermark == segment.watermark)
            #expect(opened.first == segment.first)
            #expect(opened.last == segment.last)
            read += opened.rows
        }
        #expect(read.map(\.bits) == rows.map(\.bits), "seed \(seed)")
    }

    @Test func `constants and steady counters take next to nothing`() throws {
        var rows: [RollupRow] = []
        for series in UInt32(0)..<200 {
            for minute in Int64(0)..<60 {
                let start = minute * 60_000
                let value = Double(series % 2 == 0 ? 7 : minute * 600 + 1000)
                var values = RollupValues(
                    count: 4,
                    sum: 0,
                    min: value,
                    max: series % 2 == 0 ? value : value + 450,
                    last: series % 2 == 0 ? value : value + 450,
                    lastAt: start + 45_000
                )
                if series % 2 == 1 { values.counter = RollupValues.Counter(first: value) }
                values.sum =
                    series % 2 == 0 ? value * 4 : (values.min / 2 + values.max / 2) * 4
                rows.append(
                    RollupRow(
                        series: SeriesNumber(series),
                        start: Timestamp(milliseconds: start),
                        content: .values(values)
                    )
                )
            }
        }
        let segment = try RollupSegment.encode(rows, rung: .oneMinute)
        #expect(try RollupSegment.decode(segment.bytes[...]).rows == rows)
        #expect(segment.bytes.count < 700)
    }

    @Test func `days and too many rows are divided`() throws {
        func row(_ series: UInt32, _ start: Int64) -> RollupRow {
            RollupRow(
                series: SeriesNumber(series),
                start: Timestamp(milliseconds: start * 3_600_000),
                content: .count(240)
            )
        }
        let days = (Int64(0)..<72).map { row(3, $0) }
        let segments = try RollupSegment.seal(days, rung: .counts)
        #expect(segments.map(\.recordCount) == [24, 24, 24])
        let many = (UInt32(0)..<70_000).map { row($0, 0) }
        #expect(try RollupSegment.seal(many, rung: .counts).map(\.recordCount) == [35_000, 35_000])
        #expect(try RollupSegment.seal([], rung: .counts).isEmpty)
    }

    @Test func `what is no rollup of this rung is refused`() throws {
        let rows = try Self.rows(1, .oneMinute)
        func code(_ rows: [RollupRow], _ rung: Rung) -> SegmentError.Code? {
            failure { () throws(SegmentError) in _ = try RollupSegment.encode(rows, rung: rung) }
        }
        #expect(code([], .oneMinute) == .invalidInput)
        #expect(code(rows, .raw) == .invalidInput)
        #expect(code(rows, .quarterHour) == .invalidInput)
        #expect(code(rows + [rows[0]], .oneMinute) == .invalidInput)
        let far = RollupRow(
            series: rows[0].series,
            start: rows[0].start + .seconds(86_400),
            content: rows[0].content
        )
        #expect(code(rows + [far], .oneMinute) == .aboveLimit)
    }
}

extension RollupRow {
    /// Everything that must survive, NaN and −0.0 included.
    var bits: [UInt64] {
        var bits = [UInt64(series.rawValue), UInt64(bitPattern: start.milliseconds), count]
        guard case .values(let values) = content else { return bits }
        bits += [values.sum, values.min, values.max, values.last].map(\.bitPattern)
        bits.append(UInt64(bitPattern: values.lastAt))
        if let counter = values.counter {
            bits += [counter.first.bitPattern, counter.carried.bitPattern]
        }
        for bin in values.sketch?.bins ?? [] {
            bits += [UInt64(bitPattern: Int64(bin.key.rawValue)), bin.count]
        }
        return bits
    }
}
