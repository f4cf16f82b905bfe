/// Walks through protobuf's wire format within bounds, and trusts nothing: every length is checked
/// against what is left, and every failure is thrown.
///
/// Borrows the bytes in each call, so that nothing is copied; hand the same bytes each time.
struct ProtobufCursor {
    /// What a field holds; `.bytes` is a length-delimited field's content.
    enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case bytes(Range<Int>)
        case fixed32(UInt32)
    }

    private(set) var position: Int
    let end: Int

    init(_ range: Range<Int>) {
        position = range.lowerBound
        end = range.upperBound
    }

    @inline(__always)
    var isAtEnd: Bool { position >= end }

    @inline(__always)
    mutating func varint(_ bytes: Span<UInt8>) throws(RemoteWriteError) -> UInt64 {
        guard position < end else { throw .truncated }
        let first = bytes[position]
        position &+= 1
        if first < 0x80 { return UInt64(first) }
        var value = UInt64(first & 0x7F)
        var shift: UInt64 = 7
        while true {
            guard position < end else { throw .truncated }
            let byte = bytes[position]
            position &+= 1
            // The tenth byte holds the top bit alone.
            guard shift < 63 || byte <= 1 else { throw .varint }
            value |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 { return value }
            shift &+= 7
            guard shift <= 63 else { throw .varint }
        }
    }

    /// The content of a length-delimited field; moves behind it.
    @inline(__always)
    mutating func content(_ bytes: Span<UInt8>) throws(RemoteWriteError) -> Range<Int> {
        let length = try varint(bytes)
        guard length <= UInt64(end &- position) else { throw .truncated }
        let start = position
        position = start &+ Int(length)
        return start..<position
    }

    @inline(__always)
    mutating func fixed64(_ bytes: Span<UInt8>) throws(RemoteWriteError) -> UInt64 {
        guard end &- position >= 8 else { throw .truncated }
        let value = bytes.bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
        position &+= 8
        return UInt64(littleEndian: value)
    }

    /// Moves behind a field that nobody wants.
    mutating func skip(_ tag: UInt64, _ bytes: Span<UInt8>) throws(RemoteWriteError) {
        switch tag & 7 {
        case 0: _ = try varint(bytes)
        case 1: _ = try fixed64(bytes)
        case 2: _ = try content(bytes)
        case 5:
            guard end &- position >= 4 else { throw .truncated }
            position &+= 4
        default: throw .wireType
        }
        // Field 0 does not exist.
        guard tag >> 3 != 0 else { throw .wireType }
    }
}
