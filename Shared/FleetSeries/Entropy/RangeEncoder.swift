/// The carry-propagating range coder of LZMA (Igor Pavlov, LZMA SDK, `LzmaEnc.c`), with 16-bit
/// probabilities, without its constant first byte and with a shorter end.
struct RangeEncoder: BitCoder {
    static let isEncoder = true

    private(set) var bytes: [UInt8]
    private var low: UInt64 = 0
    private var range: UInt32 = .max
    /// The last byte that a carry may still change, and the 0xFF bytes behind it.
    private var pending: UInt8 = 0
    private var pendingOnes = 0
    private var isFirst = true

    init(reserving capacity: Int) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    @inline(__always)
    mutating func code(_ bit: Bool, probability: UInt32) -> Bool {
        let bound = (range >> 16) &* probability
        if bit {
            range = bound
        } else {
            low &+= UInt64(bound)
            range &-= bound
        }
        while range < 1 << 24 {
            range <<= 8
            shiftLow()
        }
        return bit
    }

    @inline(__always)
    mutating func codeEqually(_ bits: UInt32, count: UInt32) -> UInt32 {
        range >>= count
        low &+= UInt64(range) &* UInt64(bits)
        while range < 1 << 24 {
            range <<= 8
            shiftLow()
        }
        return bits
    }

    /// Ends the stream with as few bytes as name a number within the last interval; the decoder
    /// reads zeros behind them.
    mutating func finish() {
        let high = low &+ UInt64(range)
        for kept in 1...4 {
            let mask = UInt64.max << UInt64(32 - 8 * kept)
            let candidate = (low &+ ~mask) & mask
            if candidate < high {
                low = candidate
                for _ in 0...kept { shiftLow() }
                return
            }
        }
    }

    private mutating func shiftLow() {
        if low < 0xFF00_0000 || low > 0xFFFF_FFFF {
            let carry = UInt8(truncatingIfNeeded: low >> 32)
            if !isFirst { bytes.append(pending &+ carry) }
            isFirst = false
            while pendingOnes > 0 {
                bytes.append(0xFF &+ carry)
                pendingOnes -= 1
            }
            pending = UInt8(truncatingIfNeeded: low >> 24)
        } else {
            pendingOnes += 1
        }
        low = (low & 0x00FF_FFFF) << 8
    }
}
