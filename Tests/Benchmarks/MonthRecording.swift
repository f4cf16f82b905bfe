import FleetModel
import FleetSeries

/// A recording's scrapes one after the other, further apart than they were taken, over and over;
/// copies of its series have other values.
struct MonthRecording {
    let definitions: [SeriesDefinition]
    private let every: Duration
    /// By scrape: what all targets gave.
    private let turns: [[SampleBatch]]

    init(_ recording: Recording, series: Int, every: Duration) {
        self.every = every
        let own = recording.definitions
        let count = series == 0 ? own.count : series
        definitions = (0..<count).map { index in
            let one = own[index % own.count]
            let copy = index / own.count
            let labels =
                copy == 0
                ? one.labels
                : LabelSet(one.labels.labels + [LabelSet.Label("copy", "\(copy)")])
            return SeriesDefinition(
                number: SeriesNumber(UInt32(index)),
                labels: labels,
                kind: one.kind
            )
        }
        var byGroup: [UInt32: [SampleBatch]] = [:]
        for batch in recording.batches { byGroup[batch.group, default: []].append(batch) }
        let length = byGroup.values.map(\.count).min() ?? 0
        turns = (0..<length).map { turn in
            byGroup.sorted { $0.key < $1.key }.compactMap { _, batches in
                Self.widened(batches[turn], own.count, count)
            }
        }
    }

    private static func widened(_ batch: SampleBatch, _ own: Int, _ count: Int) -> SampleBatch? {
        var numbers: [SeriesNumber] = []
        var values: [Double] = []
        for copy in 0..<(count + own - 1) / own {
            for (number, value) in zip(batch.numbers, batch.values) {
                let widened = Int(number.rawValue) + copy * own
                guard widened < count else { continue }
                numbers.append(SeriesNumber(UInt32(widened)))
                values.append(copy == 0 ? value : value + Double(copy * 7))
            }
        }
        guard !numbers.isEmpty else { return nil }
        return SampleBatch(group: batch.group, at: batch.at, numbers: numbers, values: values)
    }

    /// From a moment on, up to another: both on the hour.
    func batches(from: Timestamp, to: Timestamp) -> [SampleBatch] {
        guard !turns.isEmpty else { return [] }
        var found: [SampleBatch] = []
        var at = from
        while at < to {
            let turn = Int(at.milliseconds / every.milliseconds) % turns.count
            found += turns[turn].map {
                SampleBatch(group: $0.group, at: at, numbers: $0.numbers, values: $0.values)
            }
            at = at + every
        }
        return found
    }
}
