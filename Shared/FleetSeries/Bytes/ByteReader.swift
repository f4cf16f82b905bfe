/// Takes apart what `ByteWriter` wrote, and trusts nothing: every length is checked against what
/// is left before anything is allocated, and every failure is a thrown `ByteError`.
package struct ByteReader: Sendable {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    package init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        self.position = bytes.startIndex
    }

    package init(_ bytes: [UInt8]) {
        self.init(bytes[...])
    }

    /// Bytes not yet read.
    package var remaining: Int { bytes.endIndex - position }

    package mutating func readByte() throws(ByteError) -> UInt8 {
        guard position < bytes.endIndex else { throw .truncated }
        defer { position += 1 }
        return bytes[position]
    }

    package mutating func readBytes(_ count: Int) throws(ByteError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else { throw .truncated }
        defer { position += count }
        return bytes[position..<position + count]
    }

    package mutating func readVarint() throws(ByteError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try readByte()
            // The tenth byte holds the top bit alone.
            guard shift < 63 || byte <= 1 else { throw .varintTooLong }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
            guard shift <= 63 else { throw .varintTooLong }
        }
    }

    /// A varint that must lie in 0...`limit`.
    package mutating func readCount(limit: Int) throws(ByteError) -> Int {
        let value = try readVarint()
        guard value <= UInt64(limit) else { throw .aboveLimit(value: value, limit: limit) }
        return Int(value)
    }

    package mutating func readSignedVarint() throws(ByteError) -> Int64 {
        let value = try readVarint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    package mutating func readLittleEndian<Number: FixedWidthInteger>(
        _ type: Number.Type = Number.self
    ) throws(ByteError) -> Number {
        let slice = try readBytes(MemoryLayout<Number>.size)
        var value: Number = 0
        for byte in slice.reversed() {
            value = value << 8 | Number(truncatingIfNeeded: byte)
        }
        return value
    }

    /// Valid UTF-8 of at most `limit` bytes.
    package mutating func readText(limit: Int) throws(ByteError) -> String {
        let slice = try readBytes(readCount(limit: limit))
        guard let text = String(validating: slice, as: UTF8.self) else { throw .notUTF8 }
        return text
    }

    /// Demands that nothing is left over.
    package func finish() throws(ByteError) {
        guard remaining == 0 else { throw .trailingBytes(remaining) }
    }
}
