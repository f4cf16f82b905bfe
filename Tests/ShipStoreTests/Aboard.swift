import FleetModel
import FleetProtocol
import FleetRuntime
import FleetSeries
import FleetTestSupport
import ShipStore

/// What tests put into a store, and how they look at it.
enum Aboard {
    static let now = Timestamp(milliseconds: 1_795_254_788_000)

    static func labels(_ number: Int) -> LabelSet {
        LabelSet(name: "temperature_celsius", ["sensor": "\(number)", "room": "engine"])
    }

    /// A batch with random values for the first `series` sensors.
    static func batch(
        at: Timestamp,
        series: Int,
        group: UInt32 = 0,
        in writer: borrowing StoreWriter,
        using generator: inout SeededGenerator
    ) throws -> SampleBatch {
        let numbers = try writer.resolve((0..<series).map { (labels($0), .gauge) })
        return SampleBatch(
            group: group,
            at: at,
            numbers: numbers,
            values: numbers.map { _ in Double.random(in: -1e6...1e6, using: &generator) }
        )
    }

    /// Accepts one batch of random values.
    static func accept(
        _ store: ShipStore,
        at: Timestamp = now,
        series: Int,
        seed: UInt64 = 1
    ) async throws {
        try await store.write { writer in
            var generator = SeededGenerator(seed: seed)
            let batch = try batch(at: at, series: series, in: writer, using: &generator)
            try writer.accept([batch], at: at)
        }
    }

    @discardableResult
    static func seal(
        _ store: ShipStore,
        acceptedBefore: Timestamp = Timestamp(milliseconds: .max),
        orAtLeast threshold: Int = .max
    ) async throws -> Int {
        try await store.write { writer in
            var encoder = MetricsSegmentEncoder()
            return try writer.sealWindow(
                acceptedBefore: acceptedBefore,
                orAtLeast: threshold,
                encoder: &encoder
            )
        }
    }

    /// Every segment of a lane that is not ashore.
    static func segments(_ store: ShipStore, _ lane: Lane) async throws -> [StoredSegment] {
        let report = try await store.laneReports().first { $0.position.lane == lane }
        var segments: [StoredSegment] = []
        for sequence in (report?.position.sequence ?? 0)..<(report?.end ?? 0) {
            guard let segment = try await store.segment(lane, sequence) else {
                throw StoreError(.damaged, "segment \(sequence) of \(lane) is missing")
            }
            segments.append(segment)
        }
        return segments
    }

    static func ledger(_ store: ShipStore, _ lane: Lane) async throws -> LedgerTotals {
        try await store.ledger().totals[lane] ?? LedgerTotals()
    }

    /// Copies what is in the files, the log first: what a checkpoint moves meanwhile is then in both.
    static func copy(_ folder: String, to image: String) throws {
        for name in ["store.sqlite-wal", "store.sqlite"] {
            let bytes = try AtomicFile.read("\(folder)/\(name)", limit: 64 * 1024 * 1024)
            try AtomicFile.write(bytes, to: "\(image)/\(name)", mode: 0o600)
        }
    }

    /// Demands what holds of every store at every moment.
    ///
    /// - Returns: the samples in the outbox.
    @discardableResult
    static func check(_ store: ShipStore) async throws -> Int {
        for (lane, totals) in try await store.ledger().totals {
            guard totals.balances else {
                throw StoreError(.damaged, "the ledger of \(lane) does not balance: \(totals)")
            }
        }
        var defined = UInt32(try await ledger(store, .catalogue).stored)
        for segment in try await segments(store, .catalogue) {
            for definition in try CatalogueSegment.decode(segment.bytes[...]) {
                guard definition.number.rawValue == defined else {
                    throw StoreError(.damaged, "definition \(definition.number) at \(defined)")
                }
                defined += 1
            }
        }
        var samples = 0
        var context: SegmentContext?
        for segment in try await segments(store, .metrics) {
            let metrics = try MetricsSegmentDecoder.summary(of: segment.bytes[...])
            // The outbox may begin in the middle of a chain: its first segments are read ashore.
            if metrics.predecessor == nil || context != nil {
                context = try MetricsSegmentDecoder.decode(segment.bytes[...], context: context)
                    .context
            }
            guard metrics.watermark <= defined, UInt64(metrics.sampleCount) == segment.recordCount
            else { throw StoreError(.damaged, "a segment cites what is not defined") }
            samples += metrics.sampleCount
        }
        for segment in try await segments(store, .events) {
            _ = try EventSegment.decode(segment.bytes[...])
        }
        return samples
    }
}
