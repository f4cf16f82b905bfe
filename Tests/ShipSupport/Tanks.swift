import FleetModel
import FleetSeries
import FleetTestSupport
import ShipStore

/// The levels of a few tanks, read every five seconds while there is no link.
package struct Tanks {
    package static let series = 6
    package static let samplesPerHour = UInt64(readings * series)

    private static let readings = 720
    private var generator: SeededGenerator

    package init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    /// Hours of readings, which leave their lane for the backlog.
    package mutating func sail(hours: Int, _ store: ShipStore, _ hand: Hand) async throws {
        for _ in 0..<hours {
            try await read(store, at: hand.now)
            hand.move(.seconds(3600))
            while try await store.tidy({ try $0.withdraw() }).segments > 0 {}
        }
        while try await store.tidy({ try $0.compactPool() }).segments > 0 {}
    }

    /// One hour of readings, as one segment or a few.
    package mutating func read(_ store: ShipStore, at start: Timestamp) async throws {
        let values = (0..<Self.readings * Self.series).map { _ in
            Double.random(in: 0..<1000, using: &generator).rounded() / 10
        }
        try await store.write { writer in
            let numbers = try writer.resolve(
                (0..<Self.series).map { (LabelSet(name: "level", ["tank": "\($0)"]), .gauge) }
            )
            var encoder = MetricsSegmentEncoder()
            try writer.acceptAndSeal(
                (0..<Self.readings).map { step in
                    SampleBatch(
                        group: 1,
                        at: start + .seconds(Int64(step) * 5),
                        numbers: numbers,
                        values: Array(values[step * Self.series..<(step + 1) * Self.series])
                    )
                },
                encoder: &encoder
            )
        }
    }
}
