import FleetModel

/// What all segments have in common: a magic number, the format's version, the kind and the flags
/// before the content, and a checksum over everything behind it.
enum SegmentEnvelope {
    enum Kind: UInt8, Sendable {
        case metrics = 1
        case catalogue = 2
        case events = 3
        case rollups = 4
        case summary = 5
        case logs = 6
    }

    static let magic: [UInt8] = [0x48, 0x53]  // "HS"
    static let checksumBytes = 4

    static func open(
        _ kind: Kind,
        version: UInt8 = 1,
        flags: UInt8 = 0,
        reserving capacity: Int = 0
    ) -> ByteWriter {
        var writer = ByteWriter(reserving: capacity + 16)
        writer.writeBytes(magic)
        writer.writeByte(version)
        writer.writeByte(kind.rawValue)
        writer.writeByte(flags)
        return writer
    }

    /// Appends the checksum. Throws `.tooLarge` above `Limits.segmentBytes`.
    static func seal(_ writer: ByteWriter) throws(SegmentError) -> [UInt8] {
        var writer = writer
        writer.writeLittleEndian(CRC32C.checksum(writer.bytes))
        guard writer.bytes.count <= Limits.segmentBytes else {
            throw SegmentError(
                .tooLarge,
                "a segment of \(writer.bytes.count) bytes, the limit is \(Limits.segmentBytes)"
            )
        }
        return writer.bytes
    }

    /// Checks magic, kind, version (every kind has its own) and checksum, in this order.
    ///
    /// Returns the flags and a reader over what lies between them and the checksum.
    static func read(
        _ bytes: ArraySlice<UInt8>,
        as kind: Kind,
        versions: ClosedRange<UInt8> = 1...1
    ) throws(SegmentError) -> (flags: UInt8, content: ByteReader) {
        guard bytes.count <= Limits.segmentBytes else {
            throw SegmentError(
                .tooLarge,
                "a segment of \(bytes.count) bytes, the limit is \(Limits.segmentBytes)"
            )
        }
        guard bytes.starts(with: magic) else {
            throw SegmentError(.badMagic, "the bytes are not a segment")
        }
        guard bytes.count >= magic.count + 3 + checksumBytes else {
            throw SegmentError(.truncated, "a segment of \(bytes.count) bytes")
        }
        let body = bytes.dropLast(checksumBytes)
        let start = bytes.startIndex + magic.count
        guard bytes[start + 1] == kind.rawValue else {
            throw SegmentError(.wrongKind, "kind \(bytes[start + 1]) instead of \(kind.rawValue)")
        }
        guard versions.contains(bytes[start]) else {
            throw SegmentError(.unsupportedVersion, "version \(bytes[start]) of the format")
        }
        guard CRC32C.checksum(body) == checksum(of: bytes) else {
            throw SegmentError(.wrongChecksum, "the bytes are not those that were sealed")
        }
        return (bytes[start + 2], ByteReader(body[(start + 3)...]))
    }

    /// The version of its kind's content, of bytes that `read` has accepted.
    static func version(of bytes: ArraySlice<UInt8>) -> UInt8 {
        bytes[bytes.startIndex + magic.count]
    }

    /// The checksum at the end: it also names the segment as another's predecessor.
    static func checksum(of bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.suffix(checksumBytes).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
