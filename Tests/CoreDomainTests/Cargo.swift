import FleetModel
import FleetProtocol
import FleetSeries
import FleetTestSupport

/// Segments as a ship would send them.
enum Cargo {
    struct Sample: Hashable {
        let series: Int32
        let at: Int64
        let bits: UInt64
    }

    static func labels(_ number: Int) -> LabelSet {
        LabelSet(name: "pressure_\(number % 3)", ["line": "\(number)"])
    }

    static func catalogue(
        _ sequence: UInt64,
        _ numbers: Range<Int>,
        labels: (Int) -> LabelSet = labels
    ) throws -> ReceiveSession.Segment {
        let sealed = try CatalogueSegment.encode(
            numbers.map {
                SeriesDefinition(number: SeriesNumber(UInt32($0)), labels: labels($0), kind: .gauge)
            }
        )
        return ReceiveSession.Segment(
            lane: .catalogue,
            sequence: sequence,
            recordCount: UInt64(sealed.recordCount),
            bytes: sealed.bytes
        )
    }

    static func metrics(
        _ sequence: UInt64,
        _ batches: [SampleBatch]
    ) throws -> ReceiveSession.Segment {
        var encoder = MetricsSegmentEncoder()
        let sealed = try encoder.encode(batches)
        return ReceiveSession.Segment(
            lane: .metrics,
            sequence: sequence,
            recordCount: UInt64(sealed.recordCount),
            bytes: sealed.bytes
        )
    }

    static func backlog(
        _ sequence: UInt64,
        _ batches: [SampleBatch]
    ) throws -> ReceiveSession.Segment {
        let segment = try metrics(sequence, batches)
        return ReceiveSession.Segment(
            lane: .backlog,
            sequence: sequence,
            recordCount: segment.recordCount,
            bytes: segment.bytes
        )
    }

    /// The same samples, thinned: one segment.
    static func rollups(
        _ sequence: UInt64,
        _ rung: Rung,
        _ batches: [SampleBatch],
        counters: Set<SeriesNumber> = []
    ) throws -> ReceiveSession.Segment {
        var builder = RollupBuilder(rung: rung) { counters.contains($0) }
        try builder.add(batches)
        return summary(sequence, try RollupSegment.encode(builder.finish(), rung: rung))
    }

    static func summary(_ sequence: UInt64, _ sealed: SealedSegment) -> ReceiveSession.Segment {
        ReceiveSession.Segment(
            lane: .summary,
            sequence: sequence,
            recordCount: UInt64(sealed.recordCount),
            bytes: sealed.bytes
        )
    }

    static func events(_ sequence: UInt64, _ events: [FleetEvent]) throws -> ReceiveSession.Segment
    {
        let sealed = try EventSegment.encode(events)
        return ReceiveSession.Segment(
            lane: .events,
            sequence: sequence,
            recordCount: UInt64(sealed.recordCount),
            bytes: sealed.bytes
        )
    }

    static func batch(
        at milliseconds: Int64,
        _ samples: [(series: Int, value: Double)],
        group: UInt32 = 0
    ) -> SampleBatch {
        SampleBatch(
            group: group,
            at: Timestamp(milliseconds: milliseconds),
            numbers: samples.map { SeriesNumber(UInt32($0.series)) },
            values: samples.map(\.value)
        )
    }

    /// A lane's worth: one catalogue segment and metrics segments of some samples each, a minute
    /// apart and ending at `end`.
    static func voyage(
        segments count: Int,
        series: Int = 5,
        until end: Timestamp = Shore.now
    ) throws -> [ReceiveSession.Segment] {
        var segments = [try catalogue(0, 0..<series)]
        for index in 0..<count {
            let start = end - .seconds(Int64(60 * (count - index)))
            let batches = (0..<4).map { step -> SampleBatch in
                let base = index * 100 + step * 10
                let samples = (0..<series).map { (series: $0, value: Double(base + $0)) }
                return batch(at: start.milliseconds + Int64(step) * 15_000, samples)
            }
            segments.append(try metrics(UInt64(index), batches))
        }
        return segments
    }

    /// What a metrics segment holds.
    static func samples(_ segments: [ReceiveSession.Segment]) throws -> [Sample] {
        try segments.filter { $0.lane == .metrics }.flatMap { segment in
            try MetricsSegmentDecoder.decode(segment.bytes[...]).batches().flatMap { batch in
                zip(batch.numbers, batch.values).map {
                    Sample(
                        series: Int32($0.rawValue),
                        at: batch.at.milliseconds,
                        bits: $1.bitPattern
                    )
                }
            }
        }
    }
}
