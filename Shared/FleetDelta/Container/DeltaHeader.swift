/// How a delta begins, and each of its frames.
enum DeltaHeader {
    static let magic = Array("HWD".utf8)
    static let version: UInt8 = 1
    /// Magic, version, fingerprint of the base.
    static let size = 8
    /// The most bytes of a frame's header.
    static let largestFrameHeader = 24

    static func appendNumber(_ value: Int, to bytes: inout [UInt8]) {
        var rest = UInt64(value)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// LEB128 of at most 56 bits; moves `position` behind it.
    static func number(_ bytes: [UInt8], _ position: inout Int) throws(DeltaError) -> Int {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.count, shift < 56 {
            let byte = bytes[position]
            position += 1
            result |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return Int(result) }
            shift += 7
        }
        throw DeltaError(.malformed, "a delta's number without an end")
    }
}
