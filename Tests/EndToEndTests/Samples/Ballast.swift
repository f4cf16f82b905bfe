import FleetModel
import FleetSeries
import FleetTestSupport
import ShipStore

/// Samples that nothing compresses, put straight into a ship's store by another process: a backlog
/// of any size in no time.
struct Ballast {
    /// A random value takes its eight bytes.
    private static let series = 1000

    let store: ShipStore
    private let start = Timestamp(seconds: 1_795_100_000)
    private var generator: SeededGenerator
    private var batches = 0

    /// - Parameter after: samples of an earlier ballast: this one goes on behind them in time.
    init(
        _ ship: ShipAboard,
        seed: UInt64,
        after: Int = 0,
        keptBytes: Int = KeptSegments.usualBytes
    ) throws {
        store = try ShipStore(directory: ship.data, create: false, keptBytes: keptBytes)
        generator = SeededGenerator(seed: seed)
        batches = after / Self.series
    }

    /// Samples so far, those of the earlier ballast included.
    var samples: Int { batches * Self.series }

    /// Adds about so many bytes of segments, each of `batchesPerSegment` × 8 kB.
    mutating func add(bytes: Int, batchesPerSegment: Int = 4) async throws {
        var left = bytes
        while left > 0 {
            let (first, seed, start) = (batches, generator.next(), start)
            try await store.write { writer in
                var random = SeededGenerator(seed: seed)
                let numbers = try writer.resolve(
                    (0..<Self.series).map {
                        (LabelSet(name: "ballast", ["number": "\($0)"]), .gauge)
                    }
                )
                var encoder = MetricsSegmentEncoder()
                let batches = (first..<first + batchesPerSegment).map { number in
                    SampleBatch(
                        group: 9999,
                        at: start + .seconds(Int64(number)),
                        numbers: numbers,
                        values: numbers.map { _ in Double.random(in: -1e300...1e300, using: &random)
                        }
                    )
                }
                try writer.acceptAndSeal(batches, encoder: &encoder)
            }
            batches += batchesPerSegment
            left -= batchesPerSegment * Self.series * 8
        }
    }

    /// Raises an event, as any part of the agent would.
    func raise(_ kind: String, _ message: String) async throws {
        try await store.write { writer in
            try writer.record(
                FleetEvent(
                    at: Timestamp(seconds: 1_795_200_000),
                    severity: .critical,
                    kind: kind,
                    message: message
                )
            )
        }
    }
}
