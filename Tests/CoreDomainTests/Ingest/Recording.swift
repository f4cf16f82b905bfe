import FleetModel
import FleetSeries
import FleetTestSupport
import Logging
import ShipDomain
import ShipStore

/// The recorded scrapes as a ship's own samples, to be put at any time.
struct Recording {
    let definitions: [SeriesDefinition]
    /// In the order of time.
    let batches: [SampleBatch]
    let start: Timestamp

    var sampleCount: Int { batches.reduce(0) { $0 + $1.numbers.count } }

    init(_ folderName: String, _ jobs: [String]) async throws {
        var definitions: [SeriesDefinition] = []
        var batches: [SampleBatch] = []
        try await withTemporaryDirectory { folder in
            let store = try ShipStore(directory: folder, create: true)
            let replayer = Replayer(
                store: store,
                instance: "ship",
                segmentLength: .seconds(60),
                logger: Shore.silent
            )
            for job in jobs {
                _ = try await replayer.replay(
                    Fixtures.path("\(folderName)/scrapes-\(job).jsonl.xz")
                )
            }
            let ends = try await store.ends()
            for sequence in 0..<(ends[.catalogue] ?? 0) {
                guard let segment = try await store.segment(.catalogue, sequence) else { continue }
                definitions += try CatalogueSegment.decode(segment.bytes[...])
            }
            var context: SegmentContext?
            for sequence in 0..<(ends[.metrics] ?? 0) {
                guard let segment = try await store.segment(.metrics, sequence) else { continue }
                let opened = try MetricsSegmentDecoder.decode(segment.bytes[...], context: context)
                context = opened.context
                batches += opened.segment.batches()
            }
        }
        self.definitions = definitions
        self.batches = batches.sorted { $0.at < $1.at }
        start = self.batches.first?.at ?? Timestamp(milliseconds: 0)
    }

    /// The batches as if they had begun at `moment`, with these numbers for their series.
    func shifted(to moment: Timestamp, _ numbers: [SeriesNumber]) -> [SampleBatch] {
        batches.map { batch in
            SampleBatch(
                group: batch.group,
                at: moment + (batch.at - start),
                numbers: batch.numbers.map { numbers[Int($0.rawValue)] },
                values: batch.values
            )
        }
    }
}
