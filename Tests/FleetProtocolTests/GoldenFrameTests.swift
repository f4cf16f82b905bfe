import FleetProtocol
import FleetTestSupport
import Glibc
import Testing

/// What a released version wrote must be read for ever, and written the same.
///
/// `UPDATE_GOLDEN=1` writes files that are missing; one that exists is never written again. The
/// specification shows these files, so that a stranger can test a decoder of his own.
@Suite(.serialized)
struct GoldenFrameTests {
    private func golden(_ name: String, _ make: () -> [UInt8]) throws -> [UInt8] {
        let path = Fixtures.path("Wire/v1/\(name).bin")
        if let file = fopen(path, "rb") {
            defer { fclose(file) }
            var bytes = [UInt8](repeating: 0, count: 64 * 1024)
            return Array(bytes[..<fread(&bytes, 1, bytes.count, file)])
        }
        try #require(getenv("UPDATE_GOLDEN") != nil, "\(path) is missing")
        let bytes = make()
        let file = try #require(fopen(path, "wb"), "can't write \(path)")
        defer { fclose(file) }
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
        return bytes
    }

    @Test(arguments: FrameSamples.named.indices)
    func `yesterday's frame is read today`(index: Int) throws {
        let (name, frame) = FrameSamples.named[index]
        var decoder = FrameDecoder()
        decoder.append(try golden(name) { FrameEncoder.encode(frame) })
        #expect(try decoder.next() == frame, "\(name)")
        #expect(decoder.bufferedBytes == 0)
    }

    @Test(arguments: FrameSamples.named.indices)
    func `today's frame is written as yesterday`(index: Int) throws {
        let (name, frame) = FrameSamples.named[index]
        let bytes = FrameEncoder.encode(frame)
        #expect(try golden(name) { bytes } == bytes, "\(name)")
    }

    @Test func `the whole conversation reads frame by frame`() throws {
        let conversation = try golden("conversation") {
            FrameSamples.first.flatMap { FrameEncoder.encode($0.frame) }
        }
        var decoder = FrameDecoder()
        decoder.append(conversation)
        for (_, frame) in FrameSamples.first { #expect(try decoder.next() == frame) }
        #expect(try decoder.next() == nil)
    }
}
