import Testing

@testable import ShipDomain

@Suite struct DecompressorTests {
    private static func fixture(_ name: String) throws -> [UInt8] {
        let file = try InputFile(path: CollectFixtures.path("Replay/\(name)"))
        var bytes: [UInt8] = []
        try file.read(into: &bytes)
        return bytes
    }

    /// Hands the bytes in by pieces; returns what comes out before the end or the first error.
    private static func decompressed(
        _ bytes: [UInt8],
        by pieceLength: Int,
        with decompressor: any Decompressor
    ) -> (bytes: [UInt8], problem: String?) {
        var output: [UInt8] = []
        var chunk: [UInt8] = []
        var position = 0
        do {
            while true {
                let piece = bytes[position..<min(bytes.count, position + pieceLength)]
                position += piece.count
                decompressor.supply(Array(piece))
                repeat {
                    try decompressor.output(into: &chunk)
                    output += chunk
                } while !chunk.isEmpty
                if piece.isEmpty { return (output, nil) }
            }
        } catch {
            return (output, "\(error)")
        }
    }

    @Test(arguments: [1, 2, 7, 100, 1_000_000])
    func `the size of the pieces makes no difference`(pieceLength: Int) throws {
        let plain = try Self.fixture("plain.jsonl")
        for name in ["compressed-xz.bin", "two-streams-xz.bin"] {
            let xz = try XzDecompressor(memoryLimit: ReplayLimits.xzMemoryBytes)
            let result = Self.decompressed(try Self.fixture(name), by: pieceLength, with: xz)
            #expect(result.bytes == plain)
            #expect(result.problem == nil)
        }
        for name in ["compressed-zstd.bin", "two-frames-zstd.bin"] {
            let zstd = try ZstdDecompressor(windowLogLimit: ReplayLimits.zstdWindowLog)
            let result = Self.decompressed(try Self.fixture(name), by: pieceLength, with: zstd)
            #expect(result.bytes == plain)
            #expect(result.problem == nil)
        }
    }

    @Test func `a file cut at any byte is an error`() throws {
        let xzBytes = try Self.fixture("compressed-xz.bin")
        for length in 1..<xzBytes.count {
            let xz = try XzDecompressor(memoryLimit: ReplayLimits.xzMemoryBytes)
            let cut = Array(xzBytes.prefix(length))
            #expect(Self.decompressed(cut, by: 64, with: xz).problem != nil)
        }
        let zstdBytes = try Self.fixture("compressed-zstd.bin")
        for length in 1..<zstdBytes.count {
            let zstd = try ZstdDecompressor(windowLogLimit: ReplayLimits.zstdWindowLog)
            let cut = Array(zstdBytes.prefix(length))
            #expect(Self.decompressed(cut, by: 64, with: zstd).problem != nil)
        }
    }

    @Test func `no damage makes the decoders trap or run on`() throws {
        var numbers = SeededNumbers()
        let xzBytes = try Self.fixture("noise-xz.bin")
        let zstdBytes = try Self.fixture("compressed-zstd.bin")
        for _ in 0..<1000 {
            var damaged = numbers.next() % 2 == 0 ? xzBytes : zstdBytes
            let isXz = damaged.first == xzBytes.first
            for _ in 0...numbers.next() % 4 {
                let place = Int(numbers.next() % UInt64(damaged.count))
                damaged[place] = UInt8(truncatingIfNeeded: numbers.next())
            }
            let decompressor: any Decompressor =
                isXz
                ? try XzDecompressor(memoryLimit: ReplayLimits.xzMemoryBytes)
                : try ZstdDecompressor(windowLogLimit: ReplayLimits.zstdWindowLog)
            let length = Int(numbers.next() % 300) + 1
            let result = Self.decompressed(damaged, by: length, with: decompressor)
            #expect(result.bytes.count < 10_000_000, "seed \(numbers.seed)")
        }
    }
}
