import FleetModel
import FleetSeries
import Testing

struct MetricsSegmentTests {
    private func opened(_ batches: [SampleBatch]) throws -> MetricsSegment {
        var encoder = MetricsSegmentEncoder()
        return try MetricsSegmentDecoder.decode(encoder.encode(batches).bytes[...])
    }

    @Test(arguments: UInt64(1)...40)
    func `every sample comes back bit by bit`(seed: UInt64) throws {
        var maker = SampleMaker(seed: seed, groups: Int(seed % 4) + 1)
        let batches = maker.batches(rows: Int(seed % 13) + 1, gaps: seed % 2 == 0)
        let segment = try opened(batches)
        #expect(segment.batches().samples == batches.samples, "seed \(seed)")
        for group in UInt32(0)..<4 {
            #expect(segment.batches().times(of: group) == batches.times(of: group), "seed \(seed)")
        }
    }

    @Test func `the summary says what is inside`() throws {
        var encoder = MetricsSegmentEncoder()
        let batches = [batch(5000, [(3, 1), (9, 2)]), batch(4000, [(3, 1)], group: 7)]
        let sealed = try encoder.encode(batches)
        #expect(sealed.recordCount == 3)
        #expect(sealed.first == Timestamp(milliseconds: 4000))
        #expect(sealed.last == Timestamp(milliseconds: 5000))
        #expect(sealed.watermark == 10)
        let segment = try MetricsSegmentDecoder.decode(sealed.bytes[...])
        #expect(segment.sampleCount == 3)
        #expect(segment.first == sealed.first)
        #expect(segment.last == sealed.last)
        #expect(segment.watermark == 10)
    }

    @Test func `no batches make a segment too`() throws {
        let segment = try opened([])
        #expect(segment.groups.isEmpty)
        #expect(segment.watermark == 0)
    }

    @Test func `a batch without samples keeps its place`() throws {
        let batches = [batch(1, []), batch(2, [(0, 1)]), batch(3, [])]
        #expect(try opened(batches).batches() == batches)
    }

    @Test func `rows keep their order when time stands still or runs back`() throws {
        let batches = [9000, 9000, 7000, 8000, 7000].map { batch($0, [(1, Double($0))]) }
        #expect(try opened(batches).batches() == batches)
    }

    @Test func `series out of order in a batch come back in order`() throws {
        let segment = try opened([batch(1, [(5, 50), (2, 20)]), batch(2, [(5, 51), (2, 21)])])
        let expected = [batch(1, [(2, 20), (5, 50)]), batch(2, [(2, 21), (5, 51)])]
        #expect(segment.batches() == expected)
    }

    @Test func `doubles of every kind are exact`() throws {
        let values: [Double] = [
            0, -0.0, 1, -1, .infinity, -.infinity, .nan, StaleMarker.value, .pi, 0.1, 0.1 + 0.2,
            33160 * 0.001, 1_795_254_787.6820447, 1e300, .leastNonzeroMagnitude,
            -.leastNonzeroMagnitude, .leastNormalMagnitude,
            .greatestFiniteMagnitude, 9_007_199_254_740_994, -9_223_372_036_854_775_808, 4096,
            9_223_372_036_854_775_808, 18_446_744_073_709_551_616, 1e-9, 123_456_789.123456789,
            Double(bitPattern: 0x7FF8_0000_0000_0001), Double(bitPattern: 0xFFFF_FFFF_FFFF_FFFF),
        ]
        let single = values.enumerated().map { batch(1000, [(UInt32($0.offset), $0.element)]) }
        #expect(try opened(single).batches().samples == single.samples)
        let column = values.enumerated().map { batch(Int64($0.offset), [(1, $0.element)]) }
        #expect(try opened(column).batches().samples == column.samples)
        let pairs = values.flatMap { one in values.map { [one, $0, one] } }
        for trio in pairs {
            let rows = trio.enumerated().map { batch(Int64($0.offset), [(1, $0.element)]) }
            #expect(try opened(rows).batches().samples == rows.samples, "\(trio)")
        }
    }

    @Test func `a constant series costs almost nothing`() throws {
        var encoder = MetricsSegmentEncoder()
        func size(rows: Int64) throws -> Int {
            let batches = (0..<rows).map { row in
                batch(row * 1000, (0..<100).map { ($0, Double($0)) })
            }
            return try encoder.encode(batches).bytes.count
        }
        #expect(try size(rows: 600) - size(rows: 60) < 20)
    }

    @Test func `a series that follows another costs almost nothing`() throws {
        var encoder = MetricsSegmentEncoder()
        var generator = SeededGenerator(seed: 1)
        var one: [SampleBatch] = []
        var both: [SampleBatch] = []
        var total = 0.0
        for row in Int64(0)..<240 {
            total += Double(UInt32.random(in: 0...100_000, using: &generator))
            one.append(batch(row * 1000, [(1, total)]))
            both.append(batch(row * 1000, [(1, total), (2, total + 12_345)]))
        }
        let (alone, together) = (try encoder.encode(one), try encoder.encode(both))
        #expect(together.bytes.count - alone.bytes.count < 25)
    }

    @Test func `only the wanted series are returned`() throws {
        var maker = SampleMaker(seed: 5)
        let batches = maker.batches(rows: 10, gaps: true)
        var encoder = MetricsSegmentEncoder()
        let bytes = try encoder.encode(batches).bytes
        let wanted = Set(batches[0].numbers.prefix(3))
        let segment = try MetricsSegmentDecoder.decode(bytes[...], only: wanted)
        let expected = batches.samples.filter { wanted.contains(SeriesNumber($0.number)) }
        #expect(segment.batches().samples == expected)
        #expect(segment.groups.flatMap(\.columns).allSatisfy { wanted.contains($0.number) })
    }

    @Test func `a series twice in one batch is refused`() {
        var encoder = MetricsSegmentEncoder()
        let twice = batch(1, [(1, 1), (1, 2)])
        #expect(
            failure { () throws(SegmentError) in _ = try encoder.encode([twice]) } == .invalidInput
        )
        let other = batch(2, [(4, 1)])
        #expect(
            failure { () throws(SegmentError) in _ = try encoder.encode([other, twice]) }
                == .invalidInput
        )
    }

    @Test func `more than the limits allow is refused with a named error`() {
        var encoder = MetricsSegmentEncoder()
        func code(_ batches: [SampleBatch]) -> SegmentError.Code? {
            failure { () throws(SegmentError) in _ = try encoder.encode(batches) }
        }
        let span = Limits.segmentSpan.milliseconds
        #expect(code([batch(0, [(1, 1)]), batch(span, [(1, 1)])]) == nil)
        #expect(code([batch(0, [(1, 1)]), batch(span + 1, [(1, 1)])]) == .aboveLimit)
        #expect(code([batch(.min, [(1, 1)]), batch(.max, [(1, 1)])]) == .aboveLimit)
        #expect(code([batch(0, [(Limits.seriesPerShip - 1, 1)])]) == nil)
        #expect(code([batch(0, [(Limits.seriesPerShip, 1)])]) == .aboveLimit)
        let wide = batch(0, (0..<1001).map { ($0, 0) })
        #expect(code([SampleBatch](repeating: wide, count: 1000)) == .aboveLimit)
        var generator = SeededGenerator(seed: 3)
        let noise = batch(0, (0..<60_000).map { ($0, Double(bitPattern: generator.next())) })
        #expect(code([noise]) == .tooLarge)
    }

    @Test func `extreme times are exact`() throws {
        for at in [Int64.min, Int64.min + 1, -1, 0, Int64.max - 1, Int64.max] {
            let batches = [batch(at, [(1, 1)]), batch(at, [(1, 2)])]
            #expect(try opened(batches).batches() == batches)
        }
    }
}
