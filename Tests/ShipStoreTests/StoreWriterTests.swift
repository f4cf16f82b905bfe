import FleetModel
import FleetSeries
import FleetTestSupport
import ShipStore
import Testing

@Suite(.timeLimit(.minutes(10)))
struct StoreWriterTests {
    private func withStore(_ body: (ShipStore) async throws -> Void) async throws {
        try await withTemporaryDirectory { folder in
            try await body(ShipStore(directory: folder, create: true))
        }
    }

    @Test func `a series has the same number whenever it is asked for`() async throws {
        try await withStore { store in
            let resolve: @Sendable ([Int]) async throws -> [SeriesNumber] = { wanted in
                try await store.write { writer in
                    try writer.resolve(wanted.map { (Aboard.labels($0), .gauge) })
                }
            }
            let first = try await resolve([5, 6, 5]).map(\.rawValue)
            let second = try await resolve([7, 6]).map(\.rawValue)
            #expect(first == [0, 1, 0])
            #expect(second == [2, 1])
        }
    }

    @Test func `a series is rounded to what the catalogue says of it, and no other is`()
        async throws
    {
        try await withTemporaryDirectory { folder in
            let step = try #require(Resolution("0.05"))
            let rule = ResolutionRule(
                metric: try Pattern("temperature_.*"),
                job: try Pattern("engine"),
                resolution: step
            )
            let definitions = [
                LabelSet(name: "temperature_celsius", ["job": "engine"]),
                LabelSet(name: "temperature_celsius", ["job": "galley"]),
                LabelSet(name: "pressure_bar", ["job": "engine"]),
            ]
            let first = try ShipStore(directory: folder, create: true, resolutions: [rule])
            try await first.write { writer in
                _ = try writer.resolve(definitions.map { ($0, .gauge) })
            }
            // The rule is gone; what was declared holds.
            let store = try ShipStore(directory: folder, create: false)
            try await store.write { writer in
                let numbers = try writer.resolve(definitions.map { ($0, .gauge) })
                let batch = SampleBatch(
                    group: 0,
                    at: Aboard.now,
                    numbers: numbers,
                    values: [21.437_291, 21.437_291, 21.437_291]
                )
                try writer.accept([batch], at: Aboard.now)
            }
            try await Aboard.seal(store)
            let catalogue = try #require(try await store.segment(.catalogue, 0))
            let resolutions = try CatalogueSegment.decode(catalogue.bytes[...]).map(\.resolution)
            #expect(resolutions == [step, nil, nil])
            let metrics = try #require(try await store.segment(.metrics, 0))
            let values = try MetricsSegmentDecoder.decode(metrics.bytes[...]).batches().flatMap(
                \.values
            )
            #expect(values == [21.45, 21.437_291, 21.437_291])
        }
    }

    @Test func `the window is sealed when its oldest sample is old enough`() async throws {
        try await withStore { store in
            try await Aboard.accept(store, at: Aboard.now, series: 2)
            #expect(try await Aboard.seal(store, acceptedBefore: Aboard.now) == 0)
            let later = Aboard.now + .milliseconds(1)
            #expect(try await Aboard.seal(store, acceptedBefore: later) == 2)
            #expect(try await Aboard.seal(store, acceptedBefore: later) == 0)
        }
    }

    @Test func `the window is sealed when it holds enough samples`() async throws {
        try await withStore { store in
            let past = Timestamp(milliseconds: 0)
            try await Aboard.accept(store, series: 9)
            #expect(try await Aboard.seal(store, acceptedBefore: past, orAtLeast: 10) == 0)
            try await Aboard.accept(store, series: 1)
            #expect(try await Aboard.seal(store, acceptedBefore: past, orAtLeast: 10) == 10)
        }
    }

    @Test func `samples that span too long become several segments`() async throws {
        try await withStore { store in
            for hour in 0..<7 {
                try await Aboard.accept(
                    store,
                    at: Aboard.now + .seconds(Int64(hour) * 3600),
                    series: 3
                )
            }
            try await Aboard.seal(store)
            let segments = try await Aboard.segments(store, .metrics)
            #expect(segments.count > 1)
            for segment in segments {
                let metrics = try MetricsSegmentDecoder.summary(of: segment.bytes[...])
                #expect(metrics.last - metrics.first <= Limits.segmentSpan)
            }
            #expect(try await Aboard.check(store) == 21)
        }
    }

    @Test func `one scrape that is too much for one segment becomes several`() async throws {
        try await withStore { store in
            let count = 60_000
            try await store.write { writer in
                var generator = SeededGenerator(seed: 7)
                let numbers = try writer.resolve((0..<count).map { (Aboard.labels($0), .gauge) })
                // Random bits can't be compressed: eight bytes each.
                let batch = SampleBatch(
                    group: 0,
                    at: Aboard.now,
                    numbers: numbers,
                    values: numbers.map { _ in Double(bitPattern: generator.next()) }
                )
                try writer.accept([batch], at: Aboard.now)
            }
            #expect(try await Aboard.seal(store) == count)
            #expect(try await Aboard.segments(store, .metrics).count > 1)
            #expect(try await Aboard.check(store) == count)
            #expect(try await Aboard.ledger(store, .metrics).pending == UInt64(count))
        }
    }

    @Test func `what is sealed is what was accepted, in order and bit by bit`() async throws {
        try await withStore { store in
            let values: [Double] = [1, -0.0, .infinity, StaleMarker.value, .nan, 33160 * 0.001]
            let batches = try await store.write { writer in
                let numbers = try writer.resolve((0..<6).map { (Aboard.labels($0), .gauge) })
                let batches = (0..<3).map { step in
                    SampleBatch(
                        group: 4,
                        at: Aboard.now + .seconds(Int64(step)),
                        numbers: numbers,
                        values: values
                    )
                }
                try writer.accept(batches, at: Aboard.now)
                return batches
            }
            try await Aboard.seal(store)
            let segment = try #require(try await store.segment(.metrics, 0))
            #expect(try MetricsSegmentDecoder.decode(segment.bytes[...]).batches() == batches)
        }
    }

    @Test func `definitions are sealed before the samples that cite them`() async throws {
        try await withStore { store in
            try await store.write { writer in
                var generator = SeededGenerator(seed: 1)
                let batch = try Aboard.batch(
                    at: Aboard.now,
                    series: 5000,
                    in: writer,
                    using: &generator
                )
                var encoder = MetricsSegmentEncoder()
                try writer.acceptAndSeal([batch], encoder: &encoder)
            }
            try await Aboard.check(store)
            #expect(try await Aboard.segments(store, .catalogue).count == 2)
            #expect(try await Aboard.ledger(store, .catalogue).produced == 5000)
        }
    }

    @Test func `batches without samples leave nothing`() async throws {
        try await withStore { store in
            try await store.write { writer in
                let empty = SampleBatch(group: 0, at: Aboard.now, numbers: [], values: [])
                var encoder = MetricsSegmentEncoder()
                try writer.accept([empty], at: Aboard.now)
                try writer.acceptAndSeal([empty, empty], encoder: &encoder)
            }
            #expect(try await Aboard.seal(store) == 0)
            #expect(try await store.ends()[.metrics] == 0)
        }
    }

    @Test func `a transaction that fails leaves nothing of itself`() async throws {
        struct Stop: Error {}
        try await withStore { store in
            await #expect(throws: Stop.self) {
                try await store.write { writer in
                    var generator = SeededGenerator(seed: 1)
                    let batch = try Aboard.batch(
                        at: Aboard.now,
                        series: 3,
                        in: writer,
                        using: &generator
                    )
                    try writer.accept([batch], at: Aboard.now)
                    try writer.setLive(batch.numbers, group: writer.target("node").group)
                    try writer.record(
                        FleetEvent(at: Aboard.now, severity: .info, kind: "a", message: "b")
                    )
                    throw Stop()
                }
            }
            for lane in Lane.allCases {
                #expect(try await Aboard.ledger(store, lane) == LedgerTotals())
            }
            let live = try await store.write { try $0.target("node").live }
            #expect(live.isEmpty)
        }
    }

    @Test func `a target keeps its group and its live series`() async throws {
        try await withStore { store in
            let live = [SeriesNumber(3), SeriesNumber(300), SeriesNumber(70_000)]
            let group = try await store.write { writer in
                let group = try writer.target("node").group
                try writer.setLive(live, group: group)
                return group
            }
            let (again, other) = try await store.write { writer in
                (try writer.target("node"), try writer.target("other").group)
            }
            #expect(again.group == group)
            #expect(again.live == live)
            #expect(other != group)
        }
    }

    @Test func `a replay's cursor is kept per file, job and instance`() async throws {
        try await withStore { store in
            var cursor = try await store.write {
                try $0.replayCursor(file: "f", job: "j", instance: "i")
            }
            #expect(cursor.nextLine == 1)
            #expect(!cursor.isFinished)
            cursor.nextLine = 70
            cursor.isFinished = true
            let moved = cursor
            try await store.write { try $0.setReplayCursor(moved) }
            let (same, other) = try await store.write { writer in
                (
                    try writer.replayCursor(file: "f", job: "j", instance: "i"),
                    try writer.replayCursor(file: "f", job: "j", instance: "k").nextLine
                )
            }
            #expect(same == moved)
            #expect(other == 1)
        }
    }
}
