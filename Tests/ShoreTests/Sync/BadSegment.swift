import FleetModel
import FleetSeries
import Testing

/// A whole segment in good frames that can't be taken.
struct BadSegment: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let lane: Lane
    /// How the reason in quarantine begins.
    let reason: String
    let bytes: @Sendable () throws -> [UInt8]

    /// An events segment whose body is this zstd frame.
    private static func packed(_ frame: [UInt8]) throws -> [UInt8] {
        let plain = try Segments.event("").bytes
        // Magic, version, kind, flags; one event, at time 0; then the body.
        return Segments.resealed(Array(plain[..<4]) + [1, 1, 0] + frame + [0, 0, 0, 0]) { _ in }
    }

    /// A frame of zeros, in which the declared size can be changed.
    private static func zeros(_ count: Int) throws -> [UInt8] {
        try Zstd.compress([UInt8](repeating: 0, count: count), level: 3)
    }

    static let all: [BadSegment] = [
        BadSegment(
            testDescription: "a zstd bomb that admits 100 MB",
            lane: .events,
            reason: "too_large"
        ) { try packed(zeros(100 * 1024 * 1024)) },
        BadSegment(
            testDescription: "a zstd bomb that claims 2^60 bytes",
            lane: .events,
            reason: "too_large"
        ) {
            // Magic, a descriptor that says "size in eight bytes, one segment", the size, a block.
            let size = [UInt8](repeating: 0, count: 7) + [0x10]
            return try packed([0x28, 0xB5, 0x2F, 0xFD, 0xE0] + size + [0x03, 0x00, 0x00, 0x00])
        },
        BadSegment(
            testDescription: "a zstd bomb that hides its size",
            lane: .events,
            reason: "malformed"
        ) {
            // Blocks of 128 kB of one repeated byte, as many as the segment holds.
            let block: [UInt8] = [0x02, 0x00, 0x10, 0x00]
            let blocks = (0..<60_000).flatMap { _ in block }
            return try packed([0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x58] + blocks + [0x01, 0, 0])
        },
        BadSegment(
            testDescription: "a zstd bomb that claims less than it holds",
            lane: .events,
            reason: "malformed"
        ) {
            var frame = try zeros(64 * 1024 * 1024)
            // The size is in the four bytes behind magic, descriptor and window.
            frame.replaceSubrange(6..<10, with: [0x00, 0x10, 0x00, 0x00])
            return try packed(frame)
        },
        BadSegment(
            testDescription: "as many zeros as are allowed, which are no events",
            lane: .events,
            reason: "above_limit"
        ) { try packed(zeros(Limits.segmentDecodedBytes)) },
        BadSegment(testDescription: "a wrong checksum", lane: .metrics, reason: "wrong_checksum") {
            var bytes = try Segments.metrics([(0, 1), (1, 2)]).bytes
            bytes[bytes.count - 1] ^= 1
            return bytes
        },
        BadSegment(
            testDescription: "series beyond the catalogue",
            lane: .metrics,
            reason: "malformed"
        ) { try Segments.metrics([(0, 1), (2, 1)]).bytes },
        BadSegment(
            testDescription: "the last series there can be",
            lane: .metrics,
            reason: "malformed"
        ) { try Segments.metrics([(Limits.seriesPerShip - 1, 1)]).bytes },
        BadSegment(testDescription: "events among metrics", lane: .metrics, reason: "wrong_kind") {
            try Segments.event("lost my way").bytes
        },
        BadSegment(testDescription: "metrics among events", lane: .events, reason: "wrong_kind") {
            try Segments.metrics([(0, 1)]).bytes
        },
        BadSegment(
            testDescription: "definitions that leave a gap",
            lane: .catalogue,
            reason: "malformed"
        ) { try Segments.catalogue([LabelSet(name: "gap")], from: 5).bytes },
        BadSegment(
            testDescription: "definitions that come twice",
            lane: .catalogue,
            reason: "malformed"
        ) { try Segments.catalogue([LabelSet(name: "again")], from: 0).bytes },
        BadSegment(testDescription: "no segment at all", lane: .events, reason: "bad_magic") {
            Array("hello".utf8)
        },
        BadSegment(testDescription: "half a segment", lane: .metrics, reason: "wrong_checksum") {
            let bytes = try Segments.metrics((0..<2).map { ($0, Double.pi * Double($0)) }).bytes
            return Array(bytes.dropLast(bytes.count / 2))
        },
        BadSegment(
            testDescription: "a later version",
            lane: .events,
            reason: "unsupported_version"
        ) { Segments.resealed(try Segments.event("later").bytes) { $0[2] = 9 } },
    ]
}
