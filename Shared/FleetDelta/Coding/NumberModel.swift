/// Codes whole numbers: the count of their bits in a tree, the three bits below the leading one modelled, the
/// rest as they are. One of these for every use.
struct NumberModel {
    private let cells: UnsafeMutablePointer<UInt32>
    private let rates: UnsafePointer<UInt32>
    private let limit: UInt32 = 30

    init(_ memory: ModelMemory) {
        cells = memory.allocate(UInt32.self, count: 64 + 64 * 8)
        rates = Logistic.shared.rates
    }

    @inline(__always)
    private func code<Bits: BinaryCoder>(_ bit: Int, _ cell: Int, _ bits: inout Bits) -> Int {
        let probability = min(max(Cell.fineProbability(cells[cell]), 64), 65_472)
        let result = bits.code(bit, probability)
        Cell.learn(cells + cell, result, limit: limit, rates)
        return result
    }

    /// A number below 2^62.
    func code<Bits: BinaryCoder>(_ value: Int, _ bits: inout Bits) -> Int {
        let length = Int.bitWidth - value.leadingZeroBitCount
        var node = 1
        for shift in stride(from: 5, through: 0, by: -1) {
            node = node << 1 | code(length >> shift & 1, node, &bits)
        }
        let count = min(node - 64, 62)
        guard count > 1 else { return count }
        var result = 1
        for index in 1..<count {
            let bit = value >> (count - 1 - index) & 1
            if index <= 3 {
                result = result << 1 | code(bit, 64 + count * 8 + result, &bits)
            } else {
                result = result << 1 | bits.code(bit, 32_768)
            }
        }
        return result
    }

    /// Any number within ±2^60.
    func codeSigned<Bits: BinaryCoder>(_ value: Int, _ bits: inout Bits) -> Int {
        let folded = code(value << 1 ^ value >> 63, &bits)
        return folded >> 1 ^ -(folded & 1)
    }
}
