/// Appends numbers and texts in the wire's forms: varints (LEB128), zigzag, little-endian, and
/// byte strings behind their length.
package struct ByteWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init(reserving capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    package mutating func writeByte(_ value: UInt8) {
        bytes.append(value)
    }

    package mutating func writeBytes(_ value: some Sequence<UInt8>) {
        bytes.append(contentsOf: value)
    }

    /// LEB128: seven bits a byte, least significant first, at most ten bytes.
    package mutating func writeVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    package mutating func writeVarint(_ value: Int) {
        precondition(value >= 0, "a count can't be negative")
        writeVarint(UInt64(value))
    }

    /// Zigzag, then LEB128: small magnitudes are short, whatever their sign.
    package mutating func writeSignedVarint(_ value: Int64) {
        writeVarint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    package mutating func writeLittleEndian<Number: FixedWidthInteger>(_ value: Number) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func writeText(_ value: String) {
        writeVarint(value.utf8.count)
        bytes.append(contentsOf: value.utf8)
    }
}
