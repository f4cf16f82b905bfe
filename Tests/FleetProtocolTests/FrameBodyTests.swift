import FleetModel
import FleetProtocol
import FleetSeries
import Testing

/// Bodies that no encoder writes.
struct FrameBodyTests {
    private func read(_ kind: FrameKind, _ body: [UInt8]) throws -> Frame? {
        var decoder = FrameDecoder()
        decoder.append(FrameEncoder.envelope(kind: kind.rawValue, body: body))
        return try decoder.next()
    }

    private func failure(_ kind: FrameKind, _ body: [UInt8]) -> ProtocolError.Code? {
        do {
            _ = try read(kind, body)
            return nil
        } catch {
            return (error as? ProtocolError)?.code
        }
    }

    /// The body of a frame as the encoder writes it.
    private func body(of frame: Frame) -> [UInt8] {
        let bytes = FrameEncoder.encode(frame)
        let header = bytes[1] < 0x80 ? 2 : 3
        return Array(bytes[header...].dropLast(ProtocolLimits.checksumBytes))
    }

    private func sample(_ name: String) throws -> Frame {
        try #require(FrameSamples.named.first { $0.name == name }).frame
    }

    @Test(
        arguments: [
            "hello", "state", "acknowledgement", "ledger", "ping", "goodbye", "want", "want-answer",
        ]
    )
    func `a body that ends too early is refused`(name: String) throws {
        let frame = try sample(name)
        let body = body(of: frame)
        for count in 0..<body.count {
            #expect(failure(frame.kind, Array(body[..<count])) == .malformedFrame, "\(count)")
        }
    }

    @Test(arguments: [
        "hello-thinned", "hello-wants", "hello-seals", "state", "want", "want-answer", "seal",
        "witness",
    ])
    func `a later version may append to what opens a session and to wants`(name: String) throws {
        let frame = try sample(name)
        #expect(try read(frame.kind, body(of: frame) + [1, 2, 3]) == frame)
    }

    @Test(arguments: ["hello", "hello-thinned", "hello-instance", "hello-new-epoch"])
    func `a ship of before is not taken for one that answers wants`(name: String) throws {
        guard case .hello(let hello) = try sample(name) else {
            Issue.record("no hello")
            return
        }
        #expect(!hello.answersWants)
        guard case .hello(let read) = try read(.hello, body(of: .hello(hello))) else {
            Issue.record("no hello")
            return
        }
        #expect(!read.answersWants)
    }

    @Test func `a ship that answers wants is not taken for one that keeps seals`() throws {
        for (name, expected) in [("hello-wants", false), ("hello-seals", true)] {
            let frame = try sample(name)
            guard case .hello(let hello) = try read(.hello, body(of: frame)) else {
                Issue.record("no hello")
                return
            }
            #expect(hello.keepsSeals == expected)
            #expect(hello.answersWants)
        }
    }

    @Test func `a seal that is cut short is refused`() throws {
        let whole = body(of: try sample("seal"))
        #expect(failure(.seal, whole) == nil)
        #expect(failure(.seal, whole.dropLast()) == .malformedFrame)
        #expect(failure(.witness, []) == .malformedFrame)
    }

    @Test func `a want of no time and an outcome that does not exist are refused`() {
        #expect(failure(.want, [1, 8, 8, 1]) == .malformedFrame)
        #expect(failure(.want, [1, 8, 6, 1]) == .malformedFrame)
        #expect(failure(.want, [1, 6, 8, 1]) == nil)
        #expect(failure(.wantAnswer, [1, 0, 1, 1]) == .malformedFrame)
        #expect(failure(.wantAnswer, [1, 5, 1, 1]) == .malformedFrame)
        #expect(failure(.wantAnswer, [1, 4, 1, 1]) == nil)
    }

    @Test func `what a ship of before says is read as nothing thinned`() throws {
        guard case .hello(let hello) = try sample("hello") else {
            Issue.record("no hello")
            return
        }
        #expect(!hello.ledger.hasDegraded)
        #expect(hello.ledger.totals[.metrics]?.produced == 1_000_000)
    }

    @Test func `a shore of before skips an account of what was thinned`() throws {
        let frame = try sample("ledger-thinned")
        #expect(frame.kind.rawValue >= FrameKind.ignorableFrom)
    }

    @Test(
        arguments: ["acknowledgement", "ledger", "ledger-thinned", "ping", "pong", "goodbye"]
    )
    func `bytes behind any other body are refused`(name: String) throws {
        let frame = try sample(name)
        #expect(failure(frame.kind, body(of: frame) + [0]) == .malformedFrame)
    }

    @Test func `a lane that does not exist is named`() {
        #expect(failure(.data, [0x09, 0, 0, 1]) == .unknownLane)
        #expect(failure(.acknowledgement, [1, 9, 0, 0]) == .unknownLane)
    }

    @Test func `a piece without a payload is refused`() {
        #expect(failure(.data, [Lane.metrics.rawValue, 0, 0]) == .malformedFrame)
    }

    @Test func `a payload above the limit is refused`() {
        let payload = [UInt8](repeating: 0, count: Limits.framePayloadBytes + 1)
        #expect(failure(.data, [Lane.metrics.rawValue, 0, 0] + payload) == .malformedFrame)
    }

    @Test func `more lanes than there can be are refused before they are read`() {
        #expect(failure(.acknowledgement, [33]) == .malformedFrame)
    }

    @Test func `a text that is not UTF-8 is refused`() {
        #expect(failure(.goodbye, [1, 0xFF, 0, 0]) == .malformedFrame)
    }

    @Test func `a certificate above the limit is refused`() {
        let der = [UInt8](repeating: 0x30, count: ProtocolLimits.certificateBytes + 1)
        #expect(failure(.certificate, der) == .frameTooLong)
        #expect(failure(.certificateRequest, der) == .frameTooLong)
    }
}
