/// The other direction of `ArithmeticEncoder`. Behind its input's end it reads zeros and counts them, so any
/// bytes decode to something; the caller asks `isExhausted` now and then.
struct ArithmeticDecoder: BinaryCoder {
    static let isEncoder = false

    private let input: DeltaInput
    private var low: UInt32 = 0
    private var high: UInt32 = .max
    private var value: UInt32 = 0

    init(_ input: DeltaInput) {
        self.input = input
        for _ in 0..<4 { value = value << 8 | UInt32(input.next()) }
    }

    /// More was read than an encoder can have left out: the content is not an encoder's.
    var isExhausted: Bool { input.bytesBehindEnd > 4 }

    @inline(__always)
    mutating func code(_ bit: Int, _ probability: UInt32) -> Int {
        let middle = low &+ UInt32((UInt64(high &- low) &* UInt64(probability)) >> 16)
        let result: Int
        if value <= middle {
            high = middle
            result = 1
        } else {
            low = middle &+ 1
            result = 0
        }
        while (low ^ high) & 0xFF00_0000 == 0 {
            low <<= 8
            high = high << 8 | 0xFF
            value = value << 8 | UInt32(input.next())
        }
        return result
    }
}
