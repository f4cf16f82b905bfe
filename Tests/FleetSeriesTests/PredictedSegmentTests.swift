import FleetModel
import FleetSeries
import Testing

struct PredictedSegmentTests {
    @Test(arguments: UInt64(1)...20)
    func `a chain of predicted segments comes back bit by bit`(seed: UInt64) throws {
        var maker = SampleMaker(seed: seed)
        var encoder = MetricsSegmentEncoder()
        var sent: SegmentContext?
        var received: SegmentContext?
        for step in 0..<12 {
            let batches = maker.batches(rows: step % 4 + 1, gaps: seed % 2 == 0)
            let (segment, context) = try encoder.encode(batches, predictedFrom: sent)
            let decoded = try MetricsSegmentDecoder.decode(segment.bytes[...], context: received)
            #expect(decoded.segment.batches().samples == batches.samples, "seed \(seed)")
            #expect(decoded.context == context, "seed \(seed), step \(step)")
            (sent, received) = (context, decoded.context)
        }
    }

    @Test func `what stays as it was costs nothing`() throws {
        let numbers = (0..<1000).map { UInt32($0) }
        var generator = SeededGenerator(seed: 9)
        let values = numbers.map { ($0, Double(UInt32.random(in: 0...9999, using: &generator))) }
        var encoder = MetricsSegmentEncoder()
        var context: SegmentContext?
        var sizes: [Int] = []
        for step in Int64(0)..<10 {
            let batches = (0..<4).map { batch((step * 4 + $0) * 15_000, values) }
            let result = try encoder.encode(batches, predictedFrom: context)
            context = result.context
            sizes.append(result.segment.bytes.count)
        }
        #expect(sizes[0] > 1000)
        #expect(sizes[9] < 60, "\(sizes)")
    }

    @Test func `groups and series may come and go`() throws {
        var encoder = MetricsSegmentEncoder()
        var sent: SegmentContext?
        var received: SegmentContext?
        let steps: [[SampleBatch]] = [
            [batch(1000, [(1, 10), (2, 20)])],
            [batch(2000, [(2, 21), (5, 50)]), batch(2000, [(7, 70)], group: 3)],
            [],
            [batch(3000, [(7, 71)], group: 3)],
            [batch(4000, [(1, 10), (2, 22), (5, 50), (6, 60)]), batch(4000, [], group: 3)],
        ]
        for step in steps {
            let (segment, context) = try encoder.encode(step, predictedFrom: sent)
            let decoded = try MetricsSegmentDecoder.decode(segment.bytes[...], context: received)
            #expect(decoded.segment.batches() == step)
            (sent, received) = (context, decoded.context)
        }
    }

    @Test func `a predicted segment needs its own predecessor`() throws {
        var maker = SampleMaker(seed: 2)
        var encoder = MetricsSegmentEncoder()
        let first = try encoder.encode(maker.batches(rows: 2), predictedFrom: nil)
        let second = try encoder.encode(maker.batches(rows: 2), predictedFrom: first.context)
        let third = try encoder.encode(maker.batches(rows: 2), predictedFrom: second.context)
        let bytes = third.segment.bytes[...]
        func code(_ context: SegmentContext?) -> SegmentError.Code? {
            failure { () throws(SegmentError) in
                _ = try MetricsSegmentDecoder.decode(bytes, context: context)
            }
        }
        #expect(code(nil) == .missingContext)
        #expect(code(first.context) == .wrongContext)
        #expect(code(second.context) == nil)
        #expect(
            failure { () throws(SegmentError) in _ = try MetricsSegmentDecoder.decode(bytes) }
                == .missingContext
        )
    }

    @Test func `a key segment does not look at the context`() throws {
        var maker = SampleMaker(seed: 3)
        var encoder = MetricsSegmentEncoder()
        let other = try encoder.encode(maker.batches(rows: 3), predictedFrom: nil)
        let key = try encoder.encode(maker.batches(rows: 3), predictedFrom: nil)
        let alone = try MetricsSegmentDecoder.decode(key.segment.bytes[...], context: nil)
        let beside = try MetricsSegmentDecoder.decode(
            key.segment.bytes[...],
            context: other.context
        )
        #expect(alone.segment == beside.segment)
        #expect(alone.context == beside.context)
    }

    @Test func `encoding again from the same context gives the same bytes`() throws {
        var maker = SampleMaker(seed: 4)
        var encoder = MetricsSegmentEncoder()
        let first = try encoder.encode(maker.batches(rows: 3), predictedFrom: nil)
        let batches = maker.batches(rows: 3)
        let once = try encoder.encode(batches, predictedFrom: first.context)
        let again = try encoder.encode(batches, predictedFrom: first.context)
        #expect(once.segment == again.segment)
    }
}
