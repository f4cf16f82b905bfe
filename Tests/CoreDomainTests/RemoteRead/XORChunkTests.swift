import FleetModel
import FleetSeries
import FleetTestSupport
import Foundation
import Testing

@testable import CoreDomain

/// Chunks against those that Prometheus itself writes of the same samples.
@Suite(.timeLimit(.minutes(10)))
struct XORChunkTests {
    /// Series whose times and values take every way through the format.
    private static func series(seed: UInt64) -> [[RawSample]] {
        var generator = SeededGenerator(seed: seed)
        let start: Int64 = 1_795_248_000_000
        let steps: [ClosedRange<Int64>] = [
            1000...1000, 900...1100, 1...9000, 1...70_000, 1...800_000,
        ]
        return steps.indices.map { index in
            var at = start + Int64(index)
            var value = 1000.0
            var samples: [RawSample] = []
            while at < start + 7_000_000, samples.count < 700 {
                samples.append(RawSample(at: at, value: value))
                at += Int64.random(in: steps[index], using: &generator)
                switch UInt8.random(in: 0..<8, using: &generator) {
                case 0, 1: break
                case 2...4: value += 1
                case 5: value = Double.random(in: -1e6...1e6, using: &generator)
                case 6: value = -value / 3
                default:
                    value =
                        [.infinity, -.infinity, 0, -0.0, 1e-300, .leastNonzeroMagnitude]
                        .randomElement(
                            using: &generator
                        ) ?? 0
                }
            }
            return samples
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `a chunk is bit for bit what Prometheus writes`(seed: UInt64) async throws {
        let series = Self.series(seed: seed)
        try await withTemporaryDirectory { folder in
            var text = ""
            for (index, samples) in series.enumerated() {
                text += "# TYPE series_\(index) gauge\n"
                for sample in samples {
                    let value =
                        sample.value.isInfinite
                        ? (sample.value < 0 ? "-Inf" : "+Inf") : "\(sample.value)"
                    let seconds =
                        "\(sample.at / 1000).\(String(sample.at % 1000 + 1000).dropFirst())"
                    text += "series_\(index) \(value) \(seconds)\n"
                }
            }
            try (text + "# EOF\n").write(
                toFile: folder + "/metrics.txt",
                atomically: true,
                encoding: .utf8
            )
            try await withProcess(
                "/usr/bin/promtool",
                [
                    "tsdb", "create-blocks-from", "openmetrics", folder + "/metrics.txt",
                    folder + "/out",
                ]
            ) { process in
                let status = try await process.waitForExit(timeout: .seconds(240))
                #expect(status.isSuccess, "\(process.standardError)")
            }
            var theirs = try Self.chunks(below: folder + "/out")[...]
            #expect(theirs.count > series.count)
            for samples in series {
                var rest = samples[...]
                while !rest.isEmpty {
                    let next = theirs.popFirst()
                    let chunk = try #require(next)
                    let count = Int(chunk[0]) << 8 | Int(chunk[1])
                    var ours = XORChunk()
                    for sample in rest.prefix(count) { ours.append(at: sample.at, sample.value) }
                    // Its bit writer leaves an unused byte where a whole one ended on a boundary.
                    #expect(ours.bytes == chunk || ours.bytes + [0] == chunk, "seed \(seed)")
                    rest = rest.dropFirst(count)
                }
            }
            #expect(theirs.isEmpty)
        }
    }

    /// The chunks of the one block there is: in the order of their series, each `varint length,
    /// encoding, data, CRC-32C` behind a header of eight bytes.
    private static func chunks(below folder: String) throws -> [[UInt8]] {
        let blocks = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { FileManager.default.fileExists(atPath: folder + "/\($0)/chunks/000001") }
        let block = try #require(blocks.first)
        #expect(blocks.count == 1)
        let file = try Data(contentsOf: URL(filePath: folder + "/\(block)/chunks/000001"))
        var reader = ByteReader(Array(file.dropFirst(8)))
        var chunks: [[UInt8]] = []
        while reader.remaining > 0 {
            let length = try reader.readCount(limit: 1 << 20)
            #expect(try reader.readByte() == 1)
            chunks.append(Array(try reader.readBytes(length)))
            _ = try reader.readBytes(4)
        }
        return chunks
    }
}
