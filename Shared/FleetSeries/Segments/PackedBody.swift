import FleetModel

/// A segment's body of bytes: one zstd frame where that is shorter, else as it is.
enum PackedBody {
    /// Flag of the envelope: the body is a zstd frame.
    static let compressedFlag: UInt8 = 1

    /// The slowest level without extra memory aboard: catalogue and events are few and sent once.
    private static let level: Int32 = 19

    /// A whole segment: `header` writes what stands between the envelope and the body.
    static func seal(
        _ kind: SegmentEnvelope.Kind,
        body: [UInt8],
        header: (inout ByteWriter) -> Void
    ) throws(SegmentError) -> [UInt8] {
        guard body.count <= Limits.segmentDecodedBytes else {
            throw SegmentError(
                .tooLarge,
                "\(body.count) bytes before compression, the limit is \(Limits.segmentDecodedBytes)"
            )
        }
        let packed = try Zstd.compress(body, level: level)
        let isCompressed = packed.count < body.count
        let content = isCompressed ? packed : body
        var writer = SegmentEnvelope.open(
            kind,
            flags: isCompressed ? compressedFlag : 0,
            reserving: content.count + 32
        )
        header(&writer)
        writer.writeBytes(content)
        return try SegmentEnvelope.seal(writer)
    }

    /// The body that `reader` has reached.
    static func open(flags: UInt8, _ reader: inout ByteReader) throws(SegmentError) -> [UInt8] {
        guard flags & ~compressedFlag == 0 else {
            throw SegmentError(.malformed, "unknown flags \(flags)")
        }
        let rest = try SegmentError.translating { () throws(ByteError) in
            try reader.readBytes(reader.remaining)
        }
        guard flags == compressedFlag else { return Array(rest) }
        return try Zstd.decompress(rest, limit: Limits.segmentDecodedBytes)
    }
}
