import FleetModel
import FleetSeries

/// Seals samples into segments that stand alone, each of one UTC hour: long enough to take few
/// bytes, and cut where the intervals of every rollup begin.
///
/// Holds at most `samplesPerSegment` samples and one segment's, whatever it is given.
struct BacklogPacker {
    /// 250,000 samples are 4 MB while they are sealed, and at 0.3 bytes each a third of the largest
    /// segment.
    static let samplesPerSegment = 250_000
    /// What joined segments may have had in all, so that the result is not too large.
    static let bytesToJoin = 200 * 1024

    private var hours: [Int64: [SampleBatch]] = [:]
    private var held = 0
    private var encoder = MetricsSegmentEncoder()

    static func hour(of moment: Timestamp) -> Int64 {
        moment.floored(to: .seconds(3600)).milliseconds
    }

    /// - Returns: what was sealed for it.
    mutating func add(_ batches: [SampleBatch]) throws(SegmentError) -> [SealedSegment] {
        var sealed: [SealedSegment] = []
        for batch in batches where !batch.numbers.isEmpty {
            if held > 0, held + batch.numbers.count > Self.samplesPerSegment {
                sealed += try finish()
            }
            hours[Self.hour(of: batch.at), default: []].append(batch)
            held += batch.numbers.count
        }
        return sealed
    }

    mutating func finish() throws(SegmentError) -> [SealedSegment] {
        var sealed: [SealedSegment] = []
        for (_, batches) in hours.sorted(by: { $0.key < $1.key }) {
            // Stable, so that equal batches give equal bytes; groups stay together in the codec.
            let ordered = batches.enumerated().sorted { left, right in
                (left.element.at, left.offset) < (right.element.at, right.offset)
            }
            sealed += try seal(ordered.map(\.element)[...])
        }
        hours = [:]
        held = 0
        return sealed
    }

    /// Halves what is too much for one segment: first by time, then one moment's by series.
    private mutating func seal(
        _ batches: ArraySlice<SampleBatch>
    ) throws(SegmentError) -> [SealedSegment] {
        do throws(SegmentError) {
            return [try encoder.encode(Array(batches))]
        } catch {
            guard error.isTooMuch else { throw error }
            if batches.count > 1 {
                let middle = batches.startIndex + batches.count / 2
                return try seal(batches[..<middle]) + seal(batches[middle...])
            }
            guard let whole = batches.first, whole.numbers.count > 1 else { throw error }
            let middle = whole.numbers.count / 2
            return try seal([whole.part(0..<middle)])
                + seal([whole.part(middle..<whole.numbers.count)])
        }
    }
}

extension SampleBatch {
    /// The samples in these places.
    func part(_ range: Range<Int>) -> SampleBatch {
        SampleBatch(
            group: group,
            at: at,
            numbers: Array(numbers[range]),
            values: Array(values[range])
        )
    }
}
