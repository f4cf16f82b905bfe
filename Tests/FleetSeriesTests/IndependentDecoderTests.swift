import FleetModel
import FleetSeries
import FleetTestSupport
import Glibc
import Testing

/// `Tests/SegmentDecoder` was written from `Shared/README.md` alone. That it reads what the product
/// writes shows that the text says enough, and that it says it right.
struct IndependentDecoderTests {
    private static func bytes(ofFile path: String) throws -> [UInt8] {
        let file = try #require(fopen(path, "rb"), "can't read \(path)")
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: Limits.segmentBytes + 1)
        return Array(bytes[..<fread(&bytes, 1, bytes.count, file)])
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        let file = try #require(fopen(path, "wb"), "can't write \(path)")
        defer { fclose(file) }
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }

    /// All golden files of all versions, later ones behind those that they may be predicted from.
    private static func goldenFiles() -> [String] {
        let root = Fixtures.path("Segments")
        return TemporaryDirectory.names(in: root).flatMap { version in
            TemporaryDirectory.names(in: "\(root)/\(version)").map { "\(root)/\(version)/\($0)" }
        }
    }

    /// Both readers' lines, file by file, must be the same.
    private static func compare(_ paths: [String], _ note: Comment) async throws {
        var text = SegmentText()
        var expected: [String] = []
        for path in paths {
            expected += ["file \(path)"] + (try text.lines(of: bytes(ofFile: path)))
        }
        var runner = ProcessRunner(
            "/usr/bin/env",
            ["python3", "-B", Fixtures.repository + "/Tests/SegmentDecoder/decode.py"] + paths
        )
        runner.outputLimit = 64 * 1024 * 1024
        let output = try await withProcess(runner) { process in
            let status = try await process.waitForExit(timeout: .seconds(300))
            try #require(status.isSuccess, "\(process.standardError)")
            return process.standardOutput
        }
        let lines = output.split(separator: "\n").map(String.init)
        let different = zip(lines, expected).first { $0.0 != $0.1 }
        #expect(different == nil, note)
        #expect(lines.count == expected.count, note)
    }

    @Test func `every golden file is read by a decoder written from the text`() async throws {
        let files = Self.goldenFiles()
        #expect(files.count >= 14)
        try await Self.compare(files, "golden files")
    }

    @Test func `what is sealed today is read by a decoder written from the text`() async throws {
        let seed = UInt64.random(in: 0...9999)
        try await withTemporaryDirectory { folder in
            var paths: [String] = []
            var maker = SampleMaker(seed: seed)
            var encoder = MetricsSegmentEncoder()
            var context: SegmentContext?
            for number in 0..<8 {
                let batches = maker.batches(rows: number == 2 ? 40 : 4, gaps: number % 3 == 1)
                let (segment, next) = try encoder.encode(batches, predictedFrom: context)
                context = next
                paths.append("\(folder)/metrics-\(number)")
                try Self.write(segment.bytes, to: paths[number])
            }
            for rung in [Rung.oneMinute, .fiveMinutes, .quarterHour, .counts] {
                let rows = try RollupSegmentTests.rows(seed, rung, gaps: rung == .fiveMinutes)
                let some = try RollupSegment.encode(Array(rows.prefix(400)), rung: rung)
                paths.append("\(folder)/rollups-\(rung)")
                try Self.write(some.bytes, to: "\(folder)/rollups-\(rung)")
            }
            try await Self.compare(paths, "seed \(seed)")
        }
    }
}
