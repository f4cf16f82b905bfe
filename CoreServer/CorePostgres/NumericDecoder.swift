/// Reads `numeric`, which `sum(bigint)` and `avg` give: digits in base 10,000 with a weight.
struct NumericDecoder {
    private let digits: [Int16]
    /// The power of 10,000 of the first digit.
    private let weight: Int16
    private let sign: UInt16

    init(_ field: UnsafeRawBufferPointer) throws(DecodingFailure) {
        guard field.count >= 8, field.count % 2 == 0 else { throw .damaged }
        func half(_ index: Int) -> Int16 {
            Int16(bigEndian: field.loadUnaligned(fromByteOffset: index * 2, as: Int16.self))
        }
        let count = Int(half(0))
        guard count >= 0, field.count == 8 + count * 2 else { throw .damaged }
        weight = half(1)
        sign = UInt16(bitPattern: half(2))
        digits = (0..<count).map { half(4 + $0) }
    }

    /// The number when it is whole and in range.
    func int64() throws(DecodingFailure) -> Int64 {
        let failure = DecodingFailure(reason: "is no whole number in an int64's range")
        guard sign == 0 || sign == 0x4000 else { throw failure }
        guard !digits.isEmpty else { return 0 }
        guard digits.count <= Int(weight) + 1, weight < 6 else { throw failure }
        // Counted downwards, since the least Int64 has no positive twin.
        var value: Int64 = 0
        for place in 0...Int(weight) {
            let digit = place < digits.count ? Int64(digits[place]) : 0
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10_000)
            let (difference, borrowed) = product.subtractingReportingOverflow(digit)
            guard !overflowed, !borrowed else { throw failure }
            value = difference
        }
        guard sign == 0 else { return value }
        guard value != .min else { throw failure }
        return -value
    }

    /// The nearest double.
    func double() throws(DecodingFailure) -> Double {
        switch sign {
        case 0xC000: return .nan
        case 0xD000: return .infinity
        case 0xF000: return -.infinity
        case 0, 0x4000: break
        default: throw .damaged
        }
        var text = sign == 0 ? "0" : "-0"
        for digit in digits {
            let four = String(digit)
            text += String(repeating: "0", count: max(0, 4 - four.count)) + four
        }
        // The decimal text of all digits, moved by the last one's exponent.
        text += "e\((Int(weight) - digits.count + 1) * 4)"
        guard let value = Double(text) else { throw .damaged }
        return value
    }
}
