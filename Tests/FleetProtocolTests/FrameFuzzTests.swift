import FleetProtocol
import FleetSeries
import FleetTestSupport
import Glibc
import Testing

/// No bytes make the decoder trap or keep more than a frame. `HAWSER_FUZZ_INPUTS` asks for more.
struct FrameFuzzTests {
    private static let inputs =
        getenv("HAWSER_FUZZ_INPUTS").flatMap { Int(String(cString: $0)) } ?? 200_000

    @Test(.timeLimit(.minutes(30)))
    func `no mutated frame makes the decoder trap or hoard`() {
        var generator = SeededGenerator(seed: SeededGenerator.seed(name: "frame fuzz"))
        var refused = 0
        let longest = ProtocolLimits.dataBodyBytes + 8
        for _ in 0..<Self.inputs {
            var decoder = FrameDecoder()
            decoder.append(input(using: &generator))
            do { while try decoder.next() != nil {} } catch { refused += 1 }
            #expect(decoder.bufferedBytes <= longest)
        }
        #expect(refused > Self.inputs / 4)
    }

    /// A frame with some bytes changed, most often behind a checksum that is right again, since
    /// otherwise no body would ever be read.
    private func input(using generator: inout SeededGenerator) -> [UInt8] {
        var bytes = FrameEncoder.encode(FrameSamples.random(using: &generator))
        let changes = Int.random(in: 1...4, using: &generator)
        if generator.chance(0.2) {
            for _ in 0..<changes { mutate(&bytes, using: &generator) }
            return bytes
        }
        let header = bytes[1] < 0x80 ? 2 : 3
        var body = Array(bytes[header...].dropLast(ProtocolLimits.checksumBytes))
        for _ in 0..<changes { mutate(&body, using: &generator) }
        return FrameEncoder.envelope(kind: bytes[0], body: body)
    }

    private func mutate(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
        guard !bytes.isEmpty else {
            bytes.append(UInt8.random(in: 0...255, using: &generator))
            return
        }
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: bytes[place] ^= 1 << Int.random(in: 0..<8, using: &generator)
        case 1: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0
        case 2: bytes.removeSubrange(place...)
        case 3: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
        default: bytes.remove(at: place)
        }
    }
}
