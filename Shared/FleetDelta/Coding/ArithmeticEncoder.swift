/// The carryless binary coder of Matt Mahoney's paq family, with probabilities of 16 bits.
struct ArithmeticEncoder: BinaryCoder {
    static let isEncoder = true

    private(set) var bytes: [UInt8] = []
    private var low: UInt32 = 0
    private var high: UInt32 = .max

    @inline(__always)
    mutating func code(_ bit: Int, _ probability: UInt32) -> Int {
        let middle = low &+ UInt32((UInt64(high &- low) &* UInt64(probability)) >> 16)
        if bit != 0 { high = middle } else { low = middle &+ 1 }
        while (low ^ high) & 0xFF00_0000 == 0 {
            bytes.append(UInt8(truncatingIfNeeded: high >> 24))
            low <<= 8
            high = high << 8 | 0xFF
        }
        return bit
    }

    /// Ends the stream with as few bytes as name a number within the last interval; the decoder reads
    /// zeros behind them.
    mutating func finish() {
        for kept: UInt32 in 0...3 {
            let mask = UInt32.max << (32 - 8 * kept)
            let candidate =
                kept == 0
                ? 0 : UInt32(min((UInt64(low) + UInt64(~mask)), UInt64(UInt32.max))) & mask
            if candidate >= low, candidate <= high {
                for index in 0..<kept {
                    bytes.append(UInt8(truncatingIfNeeded: candidate >> (24 - 8 * index)))
                }
                return
            }
        }
        for index: UInt32 in 0..<4 {
            bytes.append(UInt8(truncatingIfNeeded: high >> (24 - 8 * index)))
        }
    }
}
