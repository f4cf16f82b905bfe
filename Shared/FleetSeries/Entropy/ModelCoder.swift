/// Codes numbers as sequences of modelled decisions, in either direction (see `BitCoder`).
///
/// `context` arguments are indices of `probabilities`; `ModelLayout` gives every use its own range.
struct ModelCoder<Direction: BitCoder>: ~Copyable {
    private(set) var direction: Direction
    private let table: ProbabilityTable
    /// The table's memory. Contexts are sums of bounded terms, never bytes from outside; debug
    /// builds, fuzzing among them, check them.
    private let cells: UnsafeMutablePointer<Probability>
    private let rates: UnsafeMutablePointer<Int64>

    init(direction: Direction, probabilities: [Probability]) {
        self.direction = direction
        table = ProbabilityTable(probabilities)
        cells = table.cells
        rates = table.rates
    }

    /// The table as it stands now.
    var probabilities: [Probability] { table.probabilities }

    @inline(__always)
    mutating func code(_ bit: Bool, _ context: Int) -> Bool {
        assert(context >= 0 && context < table.count, "a context outside of the table")
        let result = direction.code(bit, probability: cells[context].value)
        cells[context].learn(result, rates: rates)
        return result
    }

    /// A decision whose probability (of `true`, in 1/65536) another model has found.
    @inline(__always)
    mutating func codeMixed(_ bit: Bool, probability: UInt32) -> Bool {
        direction.code(bit, probability: probability)
    }

    /// A number of `width` bits, most significant first, each bit in the context of those before:
    /// uses 2^`width` contexts.
    @inline(__always)
    mutating func codeTree(_ value: Int, width: Int, _ context: Int) -> Int {
        var node = 1
        var shift = width
        while shift > 0 {
            shift -= 1
            let bit = code(value >> shift & 1 == 1, context + node)
            node = node << 1 | (bit ? 1 : 0)
        }
        return node - 1 << width
    }

    /// The lowest `count` bits of a number, as they are.
    @inline(__always)
    mutating func codeRaw(_ value: UInt64, count: Int) -> UInt64 {
        var rest = count
        var result: UInt64 = 0
        while rest > 0 {
            let width = min(rest, 12)
            rest -= width
            let bits = UInt32(truncatingIfNeeded: value >> UInt64(rest)) & (1 << UInt32(width) - 1)
            result =
                result << UInt64(width)
                | UInt64(direction.codeEqually(bits, count: UInt32(width)))
        }
        return result
    }

    /// What lies below the leading one of a number of `length` (1...64) bits: two bits modelled
    /// (`ModelLayout.belowSize` contexts), the rest as they are. Returns the whole number.
    @inline(__always)
    mutating func codeBelow(_ value: UInt64, length: Int, _ context: Int) -> UInt64 {
        guard length > 1 else { return 1 }
        let base = context + length * 4
        let first = code(value >> UInt64(length - 2) & 1 == 1, base)
        var result: UInt64 = first ? 3 : 2
        guard length > 2 else { return result }
        let second = code(value >> UInt64(length - 3) & 1 == 1, base + (first ? 2 : 1))
        result = result << 1 | (second ? 1 : 0)
        let rest = length - 3
        guard rest > 0 else { return result }
        return result << UInt64(rest) | codeRaw(value, count: rest)
    }

    /// Any number: its length in a tree, then its bits. Uses `ModelLayout.numberSize` contexts.
    mutating func codeNumber(_ value: UInt64, _ context: Int) -> UInt64 {
        let length = codeTree(64 - value.leadingZeroBitCount, width: 7, context)
        guard length > 0 else { return 0 }
        return codeBelow(value, length: min(length, 64), context + 128)
    }

    /// Zigzag, then as a number.
    mutating func codeSigned(_ value: Int64, _ context: Int) -> Int64 {
        let folded = codeNumber(UInt64(bitPattern: value << 1 ^ value >> 63), context)
        return Int64(bitPattern: folded >> 1) ^ -Int64(bitPattern: folded & 1)
    }
}
