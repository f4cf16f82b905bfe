import FleetModel
import FleetRuntime
import FleetSeries
import FleetTestSupport
import Logging
import ShipDomain
import ShipStore
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ReplayerTests {
    private static let start: Int64 = 1_795_255_088_000
    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func replayer(_ store: ShipStore, instance: String = "engine") -> Replayer {
        Replayer(
            store: store,
            instance: instance,
            segmentLength: .seconds(60),
            logger: Self.silent
        )
    }

    private static func line(_ index: Int) -> String {
        let at = start + Int64(index) * 15_000
        return
            "{\"t\":\(at),\"us\":10,\"b\":\"depth \(index)\\nspeed{axis=\\\"x\\\"} \(index * 2)\\n\"}\n"
    }

    /// - Returns: the path of a recording of so many scrapes, with `damaged` in the place of a line.
    private func recording(
        in folder: String,
        _ name: String = "log.jsonl",
        scrapes: Int,
        damaged: Int? = nil
    ) throws -> String {
        let text = (0..<scrapes).map { $0 == damaged ? "{\"t\":\n" : Self.line($0) }.joined()
        try AtomicFile.write(Array(text.utf8), to: "\(folder)/\(name)", mode: 0o600)
        return "\(folder)/\(name)"
    }

    /// Every value of a metric in the outbox, in the order of its times.
    private func values(_ store: ShipStore, _ metric: String) async throws -> [Int64: [Double]] {
        var wanted: Set<SeriesNumber> = []
        var values: [Int64: [Double]] = [:]
        let ends = try await store.ends()
        for sequence in 0..<(ends[.catalogue] ?? 0) {
            let segment = try #require(try await store.segment(.catalogue, sequence))
            for one in try CatalogueSegment.decode(segment.bytes[...])
            where one.labels.name == metric {
                wanted.insert(one.number)
            }
        }
        var context: SegmentContext?
        for sequence in 0..<(ends[.metrics] ?? 0) {
            let segment = try #require(try await store.segment(.metrics, sequence))
            let read = try MetricsSegmentDecoder.decode(segment.bytes[...], context: context)
            context = read.context
            for batch in read.segment.batches() {
                for (number, value) in zip(batch.numbers, batch.values)
                where wanted.contains(number) {
                    values[batch.at.milliseconds, default: []].append(value)
                }
            }
        }
        return values
    }

    private func expected(_ scrapes: Int) -> [Int64: [Double]] {
        Dictionary(
            uniqueKeysWithValues: (0..<scrapes).map {
                (Self.start + Int64($0) * 15_000, [Double($0)])
            }
        )
    }

    @Test func `a recording is stored once, however often it is replayed`() async throws {
        try await withTemporaryDirectory { folder in
            let path = try recording(in: folder, scrapes: 50)
            let store = try ShipStore(directory: folder, create: true)
            let first = try await replayer(store).replay(path)
            #expect(first.scrapes == 50)
            #expect(first.failedScrapes == 0)
            let again = try await replayer(store).replay(path)
            #expect(again.wasFinished)
            #expect(again.samples == 0)
            #expect(try await values(store, "depth") == expected(50))
            let ledger = try await store.status().first { $0.lane == .metrics }?.ledger
            #expect(ledger?.produced == UInt64(first.samples))
        }
    }

    @Test func `a replay that was stopped anywhere goes on without loss or repetition`()
        async throws
    {
        let seed = SeededGenerator.seed(name: "stopped replays")
        for ordinal in 0..<6 {
            var generator = SeededGenerator.derived(seed: seed, ordinal: ordinal)
            try await withTemporaryDirectory { folder in
                let path = try recording(in: folder, scrapes: 400)
                var stops = 0
                while true {
                    let store = try ShipStore(directory: folder, create: true)
                    let replaying = Task { try await replayer(store).replay(path) }
                    let goal = try await store.ends()[.metrics] ?? 0
                    let more = UInt64.random(in: 1...15, using: &generator)
                    while try await store.ends()[.metrics] ?? 0 < min(goal + more, 100) {
                        await Task.yield()
                    }
                    replaying.cancel()
                    if (try? await replaying.value) != nil { break }
                    stops += 1
                }
                let store = try ShipStore(directory: folder, create: false)
                #expect(try await values(store, "depth") == expected(400), "after \(stops) stops")
            }
        }
    }

    @Test func `two files, and two instances of one file, do not disturb each other`() async throws
    {
        try await withTemporaryDirectory { folder in
            let one = try recording(in: folder, "one.jsonl", scrapes: 10)
            let two = try recording(in: folder, "two.jsonl", scrapes: 12)
            let store = try ShipStore(directory: folder, create: true)
            for (path, instance) in [(one, "a"), (two, "a"), (one, "b")] {
                let summary = try await replayer(store, instance: instance).replay(path)
                #expect(!summary.wasFinished)
            }
            let found = try await values(store, "depth")
            #expect(found.values.reduce(0) { $0 + $1.count } == 10 + 12 + 10)
        }
    }

    @Test func `damage is named with its line, and what came before it is stored`() async throws {
        try await withTemporaryDirectory { folder in
            let path = try recording(in: folder, scrapes: 30, damaged: 21)
            let store = try ShipStore(directory: folder, create: true)
            await #expect {
                try await replayer(store).replay(path)
            } throws: { error in
                guard let error = error as? RecordedScrapesError else { return false }
                return error.line == 22 && error.description.contains("log.jsonl, line 22")
            }
            #expect(try await values(store, "depth") == expected(21))
        }
    }

    @Test func `a failed scrape is a sample of being down`() async throws {
        try await withTemporaryDirectory { folder in
            let path = "\(folder)/log.jsonl"
            let text = Self.line(0) + "{\"t\":\(Self.start + 15_000),\"us\":1,\"e\":\"refused\"}\n"
            try AtomicFile.write(Array(text.utf8), to: path, mode: 0o600)
            let store = try ShipStore(directory: folder, create: true)
            #expect(try await replayer(store).replay(path).failedScrapes == 1)
            #expect(
                try await values(store, "up") == [Self.start: [1], Self.start + 15_000: [0]]
            )
        }
    }
}
