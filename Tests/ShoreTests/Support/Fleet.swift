import CoreDomain
import FleetIdentity
import FleetModel
import FleetProtocol
import FleetRuntime
import FleetSeries

/// Ships' samples, stored beside the running server as its own ingest does it.
struct Fleet {
    let shore: Shore

    /// Commits definitions and batches of one ship, as its first session.
    func store(
        _ ship: TestShip,
        epoch: UInt64 = 1,
        labels: [LabelSet],
        batches: [SampleBatch],
        segmentLength: Duration = .seconds(3600)
    ) async throws {
        let ingest = Ingest(
            pool: shore.pool,
            clock: .system,
            metrics: IngestMetrics(MetricsRegistry())
        )
        let admission = try await shore.desk.admit(certificateDER: ship.certificate.der, at: .now)
        let session = try await ingest.open(
            admission,
            hello: Hello(
                agentVersion: "test",
                epoch: LaneEpoch(epoch),
                at: .now,
                lanes: Lane.allCases.map {
                    Hello.LaneReport(position: LanePosition(lane: $0), firstHeld: 0, end: 1000)
                },
                ledger: LedgerReport(totals: [:])
            )
        )
        _ = try await session.commit(
            [segment(.catalogue, 0, try Segments.catalogue(labels))],
            partials: []
        )
        var sequence: UInt64 = 0
        var rest = batches[...]
        while let first = rest.first {
            let part = rest.prefix { $0.at - first.at < segmentLength }
            var encoder = MetricsSegmentEncoder()
            let sealed = try encoder.encode(Array(part))
            _ = try await session.commit([segment(.metrics, sequence, sealed)], partials: [])
            sequence += 1
            rest = rest.dropFirst(part.count)
        }
    }

    private func segment(
        _ lane: Lane,
        _ sequence: UInt64,
        _ sealed: SealedSegment
    ) -> ReceiveSession.Segment {
        ReceiveSession.Segment(
            lane: lane,
            sequence: sequence,
            recordCount: UInt64(sealed.recordCount),
            bytes: sealed.bytes
        )
    }

    /// One sample of each series at each step.
    static func batches(
        series: Int,
        from start: Timestamp,
        count: Int,
        every step: Duration,
        _ value: (Int, Int) -> Double
    ) -> [SampleBatch] {
        (0..<count).map { index in
            SampleBatch(
                group: 0,
                at: start + step * index,
                numbers: (0..<series).map { SeriesNumber(UInt32($0)) },
                values: (0..<series).map { value($0, index) }
            )
        }
    }
}
