extension NumberScale {
    /// Values that no scale but `bits` can hold; they cross as exceptions.
    @inline(__always)
    static func isException(_ bits: UInt64) -> Bool {
        bits >> 52 & 0x7FF == 0x7FF || bits == 1 << 63
    }

    /// The scale on which the numbers (exceptions left out) are smallest.
    static func find(for column: Slice<UnsafeBufferPointer<UInt64>>) -> Self {
        if let scale = findWhole(column) { return scale }
        if let scale = findDecimal(column) { return scale }
        if dividedTwice.fits(column) { return dividedTwice }
        return findCorrected(column) ?? findBinary(column) ?? .bits
    }

    /// Whether every number of the column is whole on this scale.
    func fits(_ column: Slice<UnsafeBufferPointer<UInt64>>) -> Bool {
        let converter = ScaleConverter(self)
        for bits in column where !Self.isException(bits) {
            guard converter.integer(of: Double(bitPattern: bits)) != nil else { return false }
        }
        return true
    }

    private static func findWhole(_ column: Slice<UnsafeBufferPointer<UInt64>>) -> Self? {
        var common: UInt64 = 0
        var largest: UInt64 = 0
        let converter = ScaleConverter(.whole)
        for bits in column where !isException(bits) {
            guard let integer = converter.integer(of: Double(bitPattern: bits)) else { return nil }
            common |= integer.magnitude
            largest = max(largest, integer.magnitude)
        }
        // Three zeros at the end of few numbers may be chance, and then cost more in the next
        // segment than they save in this one; in a single number, nine.
        let zeros = common == 0 ? 0 : common.trailingZeroBitCount
        let needed = column.count < 3 ? 9 : 3
        guard zeros >= needed, largest >= 1 << 16 else { return whole }
        return Self(kind: .binary, exponent: Int16(zeros))
    }

    private static func findDecimal(_ column: Slice<UnsafeBufferPointer<UInt64>>) -> Self? {
        var exponent = 1
        var kind = Kind.divided
        var converter = ScaleConverter(Self(kind: .divided, exponent: 1))
        var index = column.startIndex
        while index < column.endIndex {
            let bits = column[index]
            if isException(bits) {
                index += 1
                continue
            }
            let value = Double(bitPattern: bits)
            if converter.integer(of: value) != nil {
                index += 1
                continue
            }
            exponent += 1
            if exponent > 12 {
                guard kind == .divided else { return nil }
                kind = .multiplied
                exponent = 1
            }
            converter = ScaleConverter(Self(kind: kind, exponent: Int16(exponent)))
            index = column.startIndex
        }
        return Self(kind: kind, exponent: Int16(exponent))
    }

    /// Nano-, micro- or milliseconds that were added up. The number and its correction together must
    /// be clearly shorter than a double's 53 bits, or any double would do.
    private static func findCorrected(_ column: Slice<UnsafeBufferPointer<UInt64>>) -> Self? {
        for exponent in [Int16(3), 6, 9] {
            let scale = Self(kind: .corrected, exponent: exponent)
            let converter = ScaleConverter(scale)
            var isFitting = true
            for bits in column where !isException(bits) {
                let value = Double(bitPattern: bits)
                guard let integer = converter.integer(of: value) else {
                    isFitting = false
                    break
                }
                let correction = converter.correction(of: value, integer: integer).magnitude
                let length =
                    128 - integer.magnitude.leadingZeroBitCount
                    - correction.leadingZeroBitCount
                if length > 46 {
                    isFitting = false
                    break
                }
            }
            if isFitting { return scale }
        }
        return nil
    }

    private static func findBinary(_ column: Slice<UnsafeBufferPointer<UInt64>>) -> Self? {
        var lowest = Int.max
        for bits in column where !isException(bits) && bits << 1 != 0 {
            let value = Double(bitPattern: bits)
            guard value.isNormal else { return nil }
            let zeros = min(value.significandBitPattern.trailingZeroBitCount, 52)
            lowest = min(lowest, Int(value.exponent) - 52 + zeros)
        }
        guard binaryExponents.contains(lowest) else { return nil }
        let scale = Self(kind: .binary, exponent: Int16(lowest))
        return scale.fits(column) ? scale : nil
    }
}
