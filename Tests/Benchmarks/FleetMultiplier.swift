import FleetModel

/// Makes a fleet of any number of series out of a recording.
struct FleetMultiplier {
    let batches: [SampleBatch]

    init(_ recording: Recording, seriesCount: Int) {
        let recorded = recording.definitions.count
        if seriesCount <= recorded {
            let step = recorded / seriesCount
            batches = recording.batches.map { batch in
                let kept = batch.numbers.indices.filter {
                    Int(batch.numbers[$0].rawValue) % step == 0
                }
                return SampleBatch(
                    group: batch.group,
                    at: batch.at,
                    numbers: kept.map { batch.numbers[$0] },
                    values: kept.map { batch.values[$0] }
                )
            }
            return
        }
        var result: [SampleBatch] = []
        let copies = (seriesCount + recorded - 1) / recorded
        let groups = Dictionary(grouping: recording.batches, by: \.group)
        for copy in 0..<copies {
            for (group, scrapes) in groups {
                for (index, scrape) in scrapes.enumerated() {
                    // The same behaviour at another time: no copy repeats what another has just said.
                    let source = scrapes[(index + copy * 7) % scrapes.count]
                    let first = UInt32(copy * recorded)
                    result.append(
                        SampleBatch(
                            group: UInt32(copy) * 64 + group,
                            at: scrape.at,
                            numbers: source.numbers.map { SeriesNumber(first + $0.rawValue) },
                            values: source.values
                        )
                    )
                }
            }
        }
        batches = result.sorted { ($0.at, $0.group) < ($1.at, $1.group) }
    }
}
