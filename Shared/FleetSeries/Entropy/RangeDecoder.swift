/// The other direction of `RangeEncoder`. It reads zeros behind the end and counts them, so any
/// bytes decode to something; the caller asks `isExhausted` now and then.
struct RangeDecoder: BitCoder {
    static let isEncoder = false

    /// Valid for as long as the decoder is used: its maker lends the bytes.
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var range: UInt32 = .max
    private var code: UInt32 = 0

    init(lending bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        for _ in 0..<4 { code = code << 8 | next() }
    }

    /// More was read than an encoder can have left out at its end: the content is not an encoder's.
    var isExhausted: Bool { position > bytes.count + 4 }

    /// Whether the bytes end where the content does.
    var isAtEnd: Bool { position >= bytes.count && !isExhausted }

    @inline(__always)
    private mutating func next() -> UInt32 {
        defer { position += 1 }
        return position < bytes.count ? UInt32(bytes[position]) : 0
    }

    @inline(__always)
    mutating func code(_ bit: Bool, probability: UInt32) -> Bool {
        let bound = (range >> 16) &* probability
        let result = code < bound
        if result {
            range = bound
        } else {
            code &-= bound
            range &-= bound
        }
        while range < 1 << 24 {
            range <<= 8
            code = code << 8 | next()
        }
        return result
    }

    @inline(__always)
    mutating func codeEqually(_ bits: UInt32, count: UInt32) -> UInt32 {
        range >>= count
        let result = min(code / range, (1 << count) - 1)
        code &-= range &* result
        while range < 1 << 24 {
            range <<= 8
            code = code << 8 | next()
        }
        return result
    }
}
