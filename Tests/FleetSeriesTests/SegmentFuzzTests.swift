import FleetModel
import FleetSeries
import Glibc
import Testing

/// Whatever the bytes, a decoder answers or throws; it never traps, hangs or fills the memory.
struct SegmentFuzzTests {
    /// `HAWSER_FUZZ_SEED` gives other inputs.
    private static let seed =
        getenv("HAWSER_FUZZ_SEED").flatMap { UInt64(String(cString: $0)) } ?? 20_261_121
    private static let shardCount = 4

    /// The normal run takes half a minute in debug; `HAWSER_FUZZ_INPUTS` asks for more.
    private static var inputCount: Int {
        getenv("HAWSER_FUZZ_INPUTS").flatMap { Int(String(cString: $0)) } ?? 200_000
    }

    private struct Corpus {
        var context: SegmentContext?
        var segments: [[UInt8]] = []
        /// Bodies of old catalogues and of event segments as they are before compression.
        var bodies: [(header: [UInt8], body: [UInt8])] = []
    }

    private static let folder: String = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(2).joined(separator: "/") + "/Fixtures/Segments"
    }()

    private static func bytes(ofFile path: String) throws -> [UInt8] {
        let file = try #require(fopen(path, "rb"), "can't read \(path)")
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: Limits.segmentBytes)
        return Array(bytes[..<fread(&bytes, 1, bytes.count, file)])
    }

    private static func corpus() throws -> Corpus {
        var corpus = Corpus()
        var encoder = MetricsSegmentEncoder()
        var maker = SampleMaker(seed: seed, groups: 2, seriesPerGroup: 8)
        let first = try encoder.encode(maker.batches(rows: 3), predictedFrom: nil)
        corpus.context = first.context
        corpus.segments.append(first.segment.bytes)
        let second = try encoder.encode(maker.batches(rows: 3), predictedFrom: first.context)
        corpus.segments.append(second.segment.bytes)
        let partial = try encoder.encode(
            maker.batches(rows: 4, gaps: true),
            predictedFrom: first.context
        )
        corpus.segments.append(partial.segment.bytes)
        corpus.segments.append(try encoder.encode(maker.batches(rows: 4, gaps: true)).bytes)
        corpus.segments.append(try encoder.encode([batch(0, [(0, 0)])]).bytes)
        let definitions = (UInt32(0)..<40).map { number in
            SeriesDefinition(
                number: SeriesNumber(number),
                labels: LabelSet(name: "metric_\(number / 4)", ["le": "\(number % 4)", "a": "b"]),
                kind: .histogram,
                resolution: number % 9 == 0 ? Resolution(coefficient: 25, exponent: -3) : nil
            )
        }
        let catalogue = try CatalogueSegment.encode(definitions).bytes
        let events = (0..<20).map { number in
            FleetEvent(
                at: Timestamp(seconds: number),
                severity: .info,
                kind: "kind_\(number % 3)",
                message: "message number \(number), and again, and again"
            )
        }
        let event = try EventSegment.encode(events).bytes
        let logs = [
            try LogSegment.encode(LogMaker.records(count: 40, seed: seed)).bytes,
            try LogSegment.encode(LogMaker.repetitive(count: 40)).bytes,
        ]
        let summary = try SummarySegmentTests.example.encode().bytes
        let old = try bytes(ofFile: folder + "/v1/catalogue-compressed.bin")
        corpus.segments += [catalogue, old, event, summary] + logs
        for rung in [Rung.oneMinute, .fiveMinutes, .counts] {
            let rows = try RollupSegmentTests.rows(seed, rung).prefix(40)
            corpus.segments.append(try RollupSegment.encode(Array(rows), rung: rung).bytes)
        }
        let headers =
            [(old, 7), (event, 7), (summary, 8)]
            + logs.map { ($0, LogMaker.headerCount(of: $0)) }
        for (bytes, headerCount) in headers {
            let packed = bytes[headerCount..<bytes.count - 4]
            let body = try Zstd.decompress(packed, limit: 100_000)
            corpus.bodies.append((Array(bytes[..<headerCount]), body))
        }
        return corpus
    }

    private static func mutate(_ bytes: inout [UInt8], with generator: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let place = bytes.indices.randomElement(using: &generator) ?? 0
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
            case 1: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
            case 2: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0
            case 3: bytes.remove(at: place)
            case 4: bytes.insert(UInt8.random(in: .min ... .max, using: &generator), at: place)
            default: bytes.removeLast(bytes.count - place)
            }
        }
    }

    /// Returns whether any decoder accepted the bytes.
    private static func decode(
        _ bytes: [UInt8],
        _ context: SegmentContext?,
        partly: Bool
    ) -> Bool {
        var accepted = false
        for attempt in 0..<6 {
            let code = failure { () throws(SegmentError) in
                switch attempt {
                case 0 where partly:
                    _ = try MetricsSegmentDecoder.decode(bytes[...], only: [SeriesNumber(3)])
                case 0:
                    let (segment, _) = try MetricsSegmentDecoder.decode(
                        bytes[...],
                        context: context
                    )
                    #expect(segment.sampleCount <= Limits.segmentSamples)
                case 1: _ = try CatalogueSegment.decode(bytes[...])
                case 2:
                    let rollups = try RollupSegment.decode(bytes[...])
                    #expect(rollups.rows.count <= RollupSegment.rowLimit)
                case 3: _ = try SummarySegment.decode(bytes[...])
                case 4: _ = try EventSegment.decode(bytes[...])
                default: _ = try LogSegment.decode(bytes[...])
                }
            }
            accepted = accepted || code == nil
        }
        return accepted
    }

    @Test(arguments: 0..<shardCount)
    func `no bytes make a decoder trap`(shard: Int) throws {
        let corpus = try Self.corpus()
        var generator = SeededGenerator(seed: Self.seed &+ UInt64(shard))
        var accepted = 0
        for input in 0..<Self.inputCount / Self.shardCount {
            var bytes: [UInt8]
            switch input % 8 {
            case 0:
                let count = Int.random(in: 0...60, using: &generator)
                bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
                if input % 16 == 0 {
                    let kind = UInt8.random(in: 1...6, using: &generator)
                    let flags = UInt8.random(in: 0...1, using: &generator)
                    let version = UInt8.random(in: 1...2, using: &generator)
                    bytes = resealed([0x48, 0x53, version, kind, flags] + bytes + [0, 0, 0, 0]) {
                        _ in
                    }
                }
            case 1:
                let (header, body) = corpus.bodies.randomElement(using: &generator) ?? ([], [])
                var mutated = body
                Self.mutate(&mutated, with: &generator)
                let packed = try Zstd.compress(mutated, level: 1)
                bytes = resealed(header + packed + [0, 0, 0, 0]) { _ in }
            case 2:
                bytes = corpus.segments.randomElement(using: &generator) ?? []
                Self.mutate(&bytes, with: &generator)
            default:
                let valid = corpus.segments.randomElement(using: &generator) ?? []
                bytes = resealed(valid) { Self.mutate(&$0, with: &generator) }
            }
            let partly = input % 5 == 0
            if Self.decode(bytes, corpus.context, partly: partly) { accepted += 1 }
        }
        // Some mutations hit what may be anything, such as a message: the fuzzing reaches inside.
        #expect(accepted > Self.inputCount / 4000, "seed \(Self.seed), shard \(shard)")
    }
}
