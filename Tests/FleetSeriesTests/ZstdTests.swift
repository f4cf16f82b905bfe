import FleetSeries
import Testing

struct ZstdTests {
    private func code(_ bytes: [UInt8], limit: Int) -> SegmentError.Code? {
        failure { () throws(SegmentError) in _ = try Zstd.decompress(bytes[...], limit: limit) }
    }

    @Test(arguments: [0, 1, 100, 100_000])
    func `bytes come back`(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 / 3) }
        let packed = try Zstd.compress(bytes, level: 9)
        #expect(try Zstd.decompress(packed[...], limit: count) == bytes)
    }

    @Test func `a slice of a larger array will do`() throws {
        let packed = try Zstd.compress([1, 2, 3], level: 3)
        let around = [9, 9] + packed + [9]
        #expect(try Zstd.decompress(around[2..<2 + packed.count], limit: 3) == [1, 2, 3])
    }

    @Test func `a bomb is refused by its declared size`() throws {
        let bomb = try Zstd.compress([UInt8](repeating: 0, count: 50_000_000), level: 19)
        #expect(bomb.count < 10_000)
        #expect(code(bomb, limit: 8_000_000) == .tooLarge)
    }

    @Test func `a frame that claims an enormous size is refused`() {
        // Magic number, an 8-byte content size and a single segment, then nothing.
        let frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0xE0] + [UInt8](repeating: 0xEE, count: 8)
        #expect(code(frame, limit: 1 << 40) == .tooLarge)
    }

    @Test func `a frame that hides its size is refused`() {
        // Descriptor 0: no content size; a window of 1 kB; one last raw block of one byte.
        let frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x00, 0x09, 0x00, 0x00, 0x41]
        #expect(code(frame, limit: 1000) == .malformed)
    }

    @Test func `a frame that lies about its size is refused`() throws {
        var frame = try Zstd.compress([UInt8](repeating: 7, count: 200), level: 3)
        #expect(frame[5] == 200)
        frame[5] = 201
        #expect(code(frame, limit: 1000) == .malformed)
        frame[5] = 199
        #expect(code(frame, limit: 1000) == .malformed)
    }

    @Test func `whatever stands behind the frame is refused`() throws {
        let frame = try Zstd.compress([1, 2, 3], level: 3)
        #expect(code(frame + [0], limit: 1000) == .malformed)
        #expect(code(frame + frame, limit: 1000) == .malformed)
    }

    @Test func `a frame cut short is refused at every byte`() throws {
        let frame = try Zstd.compress(Array(0..<200), level: 3)
        for count in 0..<frame.count {
            #expect(code(Array(frame[..<count]), limit: 1000) != nil)
        }
    }
}
