import FleetModel
import FleetProtocol
import FleetSeries
import Testing

/// Bytes that the protocol does not allow, and the name that the shore gives them.
struct BadFrame: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let code: ProtocolError.Code
    /// Whether they come behind a good hello, or in its place.
    let followsHello: Bool
    let bytes: [UInt8]

    private static func bad(
        _ sentence: String,
        _ code: ProtocolError.Code,
        followsHello: Bool = true,
        _ bytes: [UInt8]
    ) -> BadFrame {
        BadFrame(testDescription: sentence, code: code, followsHello: followsHello, bytes: bytes)
    }

    private static func frame(_ kind: UInt8, _ body: [UInt8]) -> [UInt8] {
        FrameEncoder.envelope(kind: kind, body: body)
    }

    private static func data(
        _ lane: Lane = .events,
        sequence: UInt64 = 0,
        offset: UInt64 = 0,
        count: Int = 10
    ) -> [UInt8] {
        FrameEncoder.encode(
            .data(
                DataFrame(
                    lane: lane,
                    sequence: sequence,
                    offset: offset,
                    recordCount: nil,
                    payload: [UInt8](repeating: 1, count: count)
                )
            )
        )
    }

    private static func damaged(_ bytes: [UInt8], at index: Int) -> [UInt8] {
        var bytes = bytes
        bytes[index < 0 ? bytes.count + index : index] ^= 1
        return bytes
    }

    private static let hello = RawSession.hello(epoch: LaneEpoch(1), lanes: [.events, .metrics])

    /// As the session of these tests greets: without the catalogue's lane.
    static var greeting: Frame { hello }

    private static let helloBytes = FrameEncoder.encode(hello)
    private static let varintMaximum = [UInt8](repeating: 0xFF, count: 9) + [1]

    static let inPlaceOfHello: [BadFrame] = [
        bad("data", .unexpectedFrame, followsHello: false, data()),
        bad("a ping", .unexpectedFrame, followsHello: false, FrameEncoder.encode(.ping(1))),
        bad("a state", .unexpectedFrame, followsHello: false, frame(0x02, [1, 0, 0, 0, 0])),
        bad("a hello cut short", .malformedFrame, followsHello: false, frame(0x01, [1, 1])),
        bad("an empty hello", .malformedFrame, followsHello: false, frame(0x01, [])),
        bad(
            "a hello with a wrong checksum",
            .wrongChecksum,
            followsHello: false,
            damaged(helloBytes, at: -1)
        ),
        bad(
            "a hello with a flipped bit",
            .wrongChecksum,
            followsHello: false,
            damaged(helloBytes, at: 10)
        ),
        bad(
            "a hello of later versions only",
            .unsupportedVersion,
            followsHello: false,
            FrameEncoder.encode(RawSession.hello(epoch: LaneEpoch(1), versions: 2...9))
        ),
        bad(
            "a hello with a hundred lanes",
            .malformedFrame,
            followsHello: false,
            frame(0x01, [1, 1, 0] + [UInt8](repeating: 0, count: 8) + [0, 100])
        ),
        bad(
            "a name of 2^63 bytes",
            .malformedFrame,
            followsHello: false,
            frame(0x01, [1, 1] + varintMaximum)
        ),
        bad("an HTTP request", .unknownFrame, followsHello: false, Array("GET / HTTP/1.1".utf8)),
        bad("zeros", .unknownFrame, followsHello: false, [UInt8](repeating: 0, count: 64)),
    ]

    static let behindHello: [BadFrame] = [
        bad("a second hello", .unexpectedFrame, helloBytes),
        bad("a state", .unexpectedFrame, frame(0x02, [1, 0, 0, 0, 0])),
        bad("an acknowledgement", .unexpectedFrame, frame(0x04, [0])),
        bad("a certificate", .unexpectedFrame, frame(0x0B, [1, 2, 3])),
        bad("an unknown kind", .unknownFrame, frame(0x42, [1, 2, 3])),
        bad("a kind kept for later", .unknownFrame, frame(0x06, [])),
        bad("a wrong checksum", .wrongChecksum, damaged(data(), at: -3)),
        bad("a flipped bit in a payload", .wrongChecksum, damaged(data(), at: 12)),
        bad("a ping of 1 MB", .frameTooLong, [0x0C, 0x80, 0x80, 0x40]),
        bad("data of 1 MB", .frameTooLong, [0x03, 0x80, 0x80, 0x40]),
        bad("a length without end", .frameTooLong, [0x03] + [UInt8](repeating: 0xFF, count: 16)),
        bad("a lane that was not in the hello", .unknownLane, data(.catalogue)),
        bad("a lane that does not exist", .unknownLane, frame(0x03, [0x77, 0, 0, 1])),
        bad(
            "a piece beyond a segment's limit",
            .segmentTooLong,
            data(offset: UInt64(Limits.segmentBytes), count: 1)
        ),
        bad("a piece at 2^64", .segmentTooLong, data(offset: .max, count: 2)),
        bad(
            "a segment that grows beyond its limit",
            .segmentTooLong,
            (0...UInt64(Limits.segmentBytes / Limits.framePayloadBytes)).flatMap { index in
                data(
                    offset: index * UInt64(Limits.framePayloadBytes),
                    count: Limits.framePayloadBytes
                )
            }
        ),
        bad("data without a payload", .malformedFrame, frame(0x03, [0x01, 0, 0])),
        bad("data of one byte", .malformedFrame, frame(0x03, [0x01])),
        bad("a ping with too much", .malformedFrame, frame(0x0C, [1, 2])),
        bad("a ledger with a thousand lanes", .malformedFrame, frame(0x05, [0xE8, 0x07])),
        bad("a certificate request that nobody offered", .unexpectedFrame, frame(0x0A, [1, 2, 3])),
        bad(
            "a certificate request of 5 kB",
            .frameTooLong,
            frame(0x0A, [UInt8](repeating: 7, count: 5 * 1024))
        ),
        bad("a goodbye that is no text", .malformedFrame, frame(0x0F, [2, 0xFF, 0xFE, 0, 0])),
    ]
}
