import FleetModel
import FleetSeries

/// A metrics segment's samples, and the blocks that hold them ashore: each can be read alone.
struct DecodedMetrics: Sendable {
    /// One row of `sample_blocks`.
    struct Block: Sendable {
        let first: Timestamp
        let last: Timestamp
        let sampleCount: Int
        let bytes: [UInt8]
    }

    let segment: MetricsSegment
    let blocks: [Block]
    /// The ship's bytes stand alone: a chain of predictions begins with them.
    let isKey: Bool

    init(_ bytes: [UInt8], chain: inout PredictionChain) throws(SegmentError) {
        (segment, isKey) = try chain.read(bytes)
        if isKey {
            blocks = [
                Block(
                    first: segment.first,
                    last: segment.last,
                    sampleCount: segment.sampleCount,
                    bytes: bytes
                )
            ]
        } else {
            blocks = try Self.seal(segment.batches()[...])
        }
    }

    /// What is left of a segment when some of its series are kept out.
    struct Remainder {
        /// As they stand in the blocks.
        var segments: [MetricsSegment] = []
        let metrics: DecodedMetrics
        let dropped: Int
    }

    private init(segment: MetricsSegment, blocks: [Block], isKey: Bool) {
        self.segment = segment
        self.blocks = blocks
        self.isKey = isKey
    }

    /// Sealed anew without the series that are kept out.
    func keeping(
        _ isKept: (SeriesNumber) -> Bool
    ) throws(SegmentError) -> Remainder {
        var batches: [SampleBatch] = []
        var dropped = 0
        for batch in segment.batches() {
            let places = batch.numbers.indices.filter { isKept(batch.numbers[$0]) }
            dropped += batch.numbers.count - places.count
            guard !places.isEmpty else { continue }
            batches.append(
                SampleBatch(
                    group: batch.group,
                    at: batch.at,
                    numbers: places.map { batch.numbers[$0] },
                    values: places.map { batch.values[$0] }
                )
            )
        }
        guard dropped > 0 else { return Remainder(segments: [segment], metrics: self, dropped: 0) }
        let sealed = batches.isEmpty ? [] : try Self.seal(batches[...])
        let rest = DecodedMetrics(segment: segment, blocks: sealed, isKey: isKey)
        var remainder = Remainder(metrics: rest, dropped: dropped)
        for block in sealed {
            var alone = PredictionChain()
            remainder.segments.append(try alone.read(block.bytes).segment)
        }
        return remainder
    }

    /// Seals samples so that they can be read alone, in as few blocks as the limits allow.
    private static func seal(
        _ batches: ArraySlice<SampleBatch>
    ) throws(SegmentError) -> [Block] {
        do {
            var encoder = MetricsSegmentEncoder()
            let sealed = try encoder.encode(Array(batches))
            return [
                Block(
                    first: sealed.first,
                    last: sealed.last,
                    sampleCount: sealed.recordCount,
                    bytes: sealed.bytes
                )
            ]
        } catch {
            guard error.code == .tooLarge else { throw error }
            let halves = batches.count > 1 ? Self.halves(batches) : Self.halves(batches.first)
            guard halves.count == 2 else { throw error }
            return try seal(halves[0]) + seal(halves[1])
        }
    }

    private static func halves(_ batches: ArraySlice<SampleBatch>) -> [ArraySlice<SampleBatch>] {
        let middle = batches.startIndex + batches.count / 2
        return [batches[..<middle], batches[middle...]]
    }

    /// One batch by its series.
    private static func halves(_ batch: SampleBatch?) -> [ArraySlice<SampleBatch>] {
        guard let batch, batch.numbers.count > 1 else { return [] }
        let middle = batch.numbers.count / 2
        return [0..<middle, middle..<batch.numbers.count].map { range in
            [
                SampleBatch(
                    group: batch.group,
                    at: batch.at,
                    numbers: Array(batch.numbers[range]),
                    values: Array(batch.values[range])
                )
            ]
        }
    }
}
