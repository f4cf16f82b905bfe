import FleetModel
import FleetProtocol
import FleetTestSupport
import Testing

struct FrameDecoderTests {
    private func failure(of bytes: [UInt8]) -> ProtocolError.Code? {
        var decoder = FrameDecoder()
        decoder.append(bytes)
        do {
            while try decoder.next() != nil {}
            return nil
        } catch {
            return error.code
        }
    }

    /// Frames and the error at the end, fed in pieces of the given sizes.
    private func outcome(
        of bytes: [UInt8],
        pieces: () -> Int
    ) -> (frames: [Frame], error: ProtocolError?) {
        var decoder = FrameDecoder()
        var frames: [Frame] = []
        var rest = bytes[...]
        do {
            while !rest.isEmpty {
                let piece = rest.prefix(max(1, pieces()))
                rest = rest.dropFirst(piece.count)
                decoder.append(piece)
                while let frame = try decoder.next() { frames.append(frame) }
            }
            return (frames, nil)
        } catch {
            return (frames, error)
        }
    }

    @Test func `bytes that come one by one give the same frames`() {
        let bytes = FrameSamples.named.flatMap { FrameEncoder.encode($0.frame) }
        let (frames, error) = outcome(of: bytes) { 1 }
        #expect(frames == FrameSamples.named.map(\.frame))
        #expect(error == nil)
    }

    @Test func `damaged bytes give the same frames and error however they are cut`() {
        var generator = SeededGenerator(seed: SeededGenerator.seed(name: "cut frames"))
        for _ in 0..<3000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                bytes += FrameEncoder.encode(FrameSamples.random(using: &generator))
            }
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^=
                1
                << Int.random(
                    in: 0..<8,
                    using: &generator
                )
            let whole = outcome(of: bytes) { bytes.count }
            let single = outcome(of: bytes) { 1 }
            let random = outcome(of: bytes) { Int.random(in: 1...40, using: &generator) }
            #expect(whole.frames == single.frames && whole.frames == random.frames)
            #expect(whole.error?.code == single.error?.code)
            #expect(whole.error?.code == random.error?.code)
        }
    }

    @Test(arguments: FrameSamples.named.indices)
    func `a frame without its end is waited for`(index: Int) {
        let bytes = FrameEncoder.encode(FrameSamples.named[index].frame)
        for count in 0..<bytes.count {
            #expect(failure(of: Array(bytes[..<count])) == nil, "\(count) of \(bytes.count)")
        }
    }

    @Test(arguments: FrameSamples.named.indices)
    func `one wrong bit is seen wherever it is`(index: Int) {
        let bytes = FrameEncoder.encode(FrameSamples.named[index].frame)
        for position in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[position] ^= 1 << bit
                var decoder = FrameDecoder()
                decoder.append(damaged)
                #expect(((try? decoder.next()) ?? nil) == nil, "byte \(position), bit \(bit)")
            }
        }
    }

    @Test func `a wrong checksum is named`() {
        var bytes = FrameEncoder.encode(.ping(7))
        bytes[bytes.count - 1] ^= 1
        #expect(failure(of: bytes) == .wrongChecksum)
    }

    @Test func `an unknown kind below 0x80 ends the session`() {
        #expect(failure(of: FrameEncoder.envelope(kind: 0x7F, body: [1])) == .unknownFrame)
    }

    @Test func `an unknown kind from 0x80 on is skipped`() throws {
        var decoder = FrameDecoder()
        decoder.append(FrameEncoder.envelope(kind: 0xF0, body: [1, 2, 3]))
        decoder.append(FrameEncoder.encode(.ping(7)))
        #expect(try decoder.next() == .ping(7))
    }

    @Test func `an unknown kind that is skipped must have its checksum right`() {
        var bytes = FrameEncoder.envelope(kind: 0xF0, body: [1, 2, 3])
        bytes[bytes.count - 1] ^= 1
        #expect(failure(of: bytes) == .wrongChecksum)
    }

    @Test(arguments: [UInt8(0x01), 0x03, 0x80])
    func `a length is judged before its body comes`(kind: UInt8) {
        let limit = kind == 3 ? ProtocolLimits.dataBodyBytes : ProtocolLimits.controlBodyBytes
        let header = { (length: Int) in
            [
                kind, UInt8(length & 0x7F) | 0x80, UInt8(length >> 7 & 0x7F) | 0x80,
                UInt8(length >> 14),
            ]
        }
        #expect(failure(of: header(limit)) == nil)
        #expect(failure(of: header(limit + 1)) == .frameTooLong)
    }

    @Test(arguments: [
        [0xFF, 0xFF, 0xFF], [0x80, 0x80, 0x80, 0x00], [0x81, 0x80, 0x80, 0x80, 0x00],
    ])
    func `a length of more than three bytes is refused`(length: [UInt8]) {
        #expect(failure(of: [0x0C] + length + [0, 0, 0, 0, 0, 0]) == .frameTooLong)
    }

    @Test func `a flood of bytes without a frame is refused while it is small`() {
        var decoder = FrameDecoder()
        var error: ProtocolError?
        for _ in 0..<1000 where error == nil {
            decoder.append([0x03, 0xFF, 0xFF, 0xFF, 0xFF])
            do { _ = try decoder.next() } catch let found { error = found }
        }
        #expect(error?.code == .frameTooLong)
        #expect(decoder.bufferedBytes <= 5)
    }

    @Test func `at most one frame is held, whatever was read before`() throws {
        var decoder = FrameDecoder()
        let payload = [UInt8](repeating: 7, count: Limits.framePayloadBytes)
        let frame = FrameEncoder.encode(
            .data(
                DataFrame(lane: .metrics, sequence: 0, offset: 0, recordCount: 1, payload: payload)
            )
        )
        for _ in 0..<100 {
            decoder.append(frame.dropLast())
            #expect(try decoder.next() == nil)
            #expect(decoder.bufferedBytes == frame.count - 1)
            decoder.append(frame.suffix(1))
            #expect(try decoder.next() != nil)
            #expect(decoder.bufferedBytes == 0)
        }
    }

    @Test func `after an error nothing more is read`() {
        var decoder = FrameDecoder()
        decoder.append(FrameEncoder.envelope(kind: 0x20, body: []))
        decoder.append(FrameEncoder.encode(.ping(7)))
        #expect(throws: ProtocolError.self) { try decoder.next() }
        #expect(throws: ProtocolError.self) { try decoder.next() }
    }
}
