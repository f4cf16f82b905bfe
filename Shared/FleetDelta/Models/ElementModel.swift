/// Predicts how far a number of a tensor lies from the base's number at the place.
///
/// Floats are taken as integers of the same order (their images), and the difference of two images is coded:
/// whether it is zero, its sign, how many bits it has, its highest bits, and the rest as it is. Contexts are
/// the *old* number's exponent and what the last differences were: the noise of a fine-tuning is as wide as
/// the number's unit in the last place is narrow.
struct ElementModel {
    private static let nodes = 1024
    private static let tableBits = 19

    private let memory: ModelMemory
    private let cells: UnsafeMutablePointer<UInt32>
    private let inputs: UnsafeMutablePointer<Int32>
    private let found: UnsafeMutablePointer<Int>
    private let mixer: Mixer
    private let rates = Logistic.shared.rates

    private let type: ElementType
    private let width: UInt64
    private let signBit: UInt64
    private let mask: UInt64
    /// Bits of the last difference, and whether the last ones were zero.
    private var lastLength: UInt64 = 0
    private var zeros: UInt64 = 0

    init(_ memory: ModelMemory, type: ElementType) {
        self.memory = memory
        self.type = type
        width = UInt64(type.size * 8)
        signBit = 1 << (width - 1)
        mask = width == 64 ? .max : 1 << width - 1
        cells = memory.allocate(UInt32.self, count: 4 << Self.tableBits)
        inputs = memory.allocate(Int32.self, count: 8)
        found = memory.allocate(Int.self, count: 4)
        mixer = Mixer(memory, inputs: 8, sets: Self.nodes, initial: 18_000, shift: 18)
    }

    /// Codes the element at `new`, given the base's at `old`.
    @inline(__always)
    mutating func code<Bits: BinaryCoder>(_ new: UInt64, old: UInt64, _ bits: inout Bits) -> UInt64
    {
        let isFloat = type.fractionBits != nil
        let oldNegative = old & signBit != 0
        let oldImage = image(old)
        // Away from zero is positive.
        var difference: Int64 = 0
        if Bits.isEncoder {
            difference =
                Int64(bitPattern: (image(new) &- oldImage) << (64 - width)) >> Int64(64 - width)
            if oldNegative { difference = 0 &- difference }
        }
        let exponent: UInt64
        let detail: UInt64
        if isFloat, let fraction = type.fractionBits {
            exponent = (old & ~signBit & mask) >> UInt64(fraction)
            detail = (old >> UInt64(fraction - 3) & 7) | exponent << 3
        } else if width == 8 {
            let magnitude = oldNegative ? (0 &- old) & mask : old
            exponent = UInt64(64 - magnitude.leadingZeroBitCount)
            detail = magnitude
        } else {
            let signed = Int64(bitPattern: old << (64 - width)) >> Int64(64 - width)
            exponent = UInt64(64 - signed.magnitude.leadingZeroBitCount)
            detail = exponent << 1 | (oldNegative ? 1 : 0)
        }
        let size = 1 << Self.tableBits
        let a = Int(exponent & 511) &* Self.nodes
        let b = Int((detail &* 0x9E37_79B9_7F4A_7C15) >> 40)
        let c = Int(
            ((exponent | lastLength << 16 | (zeros & 3) << 24) &* 0xD6E8_FEB8_6659_FD93) >> 40
        )
        let d = Int(((zeros & 0xFFF | lastLength << 16) &* 0xA24B_AED4_963E_E407) >> 40)

        @inline(__always)
        func decide(_ bit: Int, _ node: Int, _ bits: inout Bits) -> Int {
            let found = found
            found[0] = (a &+ node) & (size &- 1)
            found[1] = size &+ ((b &+ node &* 0x9E5) & (size &- 1))
            found[2] = 2 &* size &+ ((c &+ node &* 0x9E5) & (size &- 1))
            found[3] = 3 &* size &+ ((d &+ node &* 0x9E5) & (size &- 1))
            for index in 0..<4 {
                inputs[index] = Int32(
                    Logistic.shared.stretch[Cell.probability(cells[found[index]])]
                )
            }
            inputs[4] = 256
            let mixed = mixer.mix(inputs, set: node)
            let p = UInt32(Logistic.shared.squash[mixed &+ 2048])
            let result = bits.code(bit, p)
            mixer.learn(inputs, set: node, error: (result != 0 ? 65_535 : 0) &- Int32(p))
            for index in 0..<4 { Cell.learn(cells + found[index], result, limit: 1000, rates) }
            return result
        }

        let isZero = decide(difference == 0 ? 1 : 0, 0, &bits) != 0
        zeros = zeros << 1 | (isZero ? 1 : 0)
        if isZero {
            lastLength = lastLength >> 1
            return old
        }
        let isNegative = decide(difference < 0 ? 1 : 0, 1, &bits) != 0
        let magnitude = difference.magnitude
        let length = 64 - magnitude.leadingZeroBitCount
        var node = 1
        for shift in stride(from: 5, through: 0, by: -1) {
            node = node << 1 | decide((length - 1) >> shift & 1, 1 + node, &bits)
        }
        let count = min(node - 63, Int(width))
        var value: UInt64 = 1
        var index = 1
        while index < count {
            let bit = Int(magnitude >> UInt64(count - 1 - index) & 1)
            if index <= 3 {
                value = value << 1 | UInt64(decide(bit, 128 + count * 8 + Int(value), &bits))
            } else {
                value = value << 1 | UInt64(bits.code(bit, 32_768))
            }
            index += 1
        }
        lastLength = UInt64(count)
        let away = isNegative ? 0 &- value : value
        return unimage((oldImage &+ (oldNegative ? 0 &- away : away)) & mask)
    }

    /// The integer of the same order.
    @inline(__always)
    private func image(_ bits: UInt64) -> UInt64 {
        guard type.fractionBits != nil else { return bits }
        return bits & signBit != 0 ? ~bits & mask : bits | signBit
    }

    @inline(__always)
    private func unimage(_ image: UInt64) -> UInt64 {
        guard type.fractionBits != nil else { return image }
        return image & signBit != 0 ? image ^ signBit : ~image & mask
    }
}
