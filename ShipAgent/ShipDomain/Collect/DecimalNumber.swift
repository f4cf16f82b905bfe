/// Reads the numbers of an exposition, correctly rounded: the double nearest to what is written,
/// so that a value reads back ashore as the exporter had it.
///
/// Takes what Prometheus takes (Go's `ParseFloat` without hexadecimal and underscores): a sign,
/// decimal digits, a point, an exponent; `Inf`, `Infinity` and `NaN` in any case. A number beyond
/// the greatest double is an error, one below the least is zero.
enum DecimalNumber {
    /// Prometheus' own NaN (`value.NormalNaN`): it must differ from the staleness marker.
    static let nanBits: UInt64 = 0x7ff8_0000_0000_0001

    /// Reads the number at `position` and moves past it. What follows it is the caller's to judge.
    @inline(__always)
    static func read(
        _ bytes: Span<UInt8>,
        at position: inout Int
    ) throws(ExpositionFault) -> Double {
        let start = position
        var index = start
        var isNegative = false
        if index < bytes.count, isSign(bytes[index]) {
            isNegative = bytes[index] == UInt8(ascii: "-")
            index &+= 1
        }

        var mantissa: UInt64 = 0
        var exponent = 0
        // Whether the mantissa is all of the digits. It takes 19 for certain, the 20th at times.
        var isComplete = true
        let integerStart = index
        while index < bytes.count {
            let digit = bytes[index] &- 0x30
            guard digit <= 9 else { break }
            if mantissa <= Self.mantissaRoom {
                mantissa = mantissa &* 10 &+ UInt64(digit)
            } else {
                isComplete = false
            }
            index &+= 1
        }
        var digitCount = index &- integerStart
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index &+= 1
            let fractionStart = index
            while index < bytes.count {
                let digit = bytes[index] &- 0x30
                guard digit <= 9 else { break }
                if mantissa <= Self.mantissaRoom {
                    mantissa = mantissa &* 10 &+ UInt64(digit)
                } else {
                    isComplete = false
                }
                index &+= 1
            }
            exponent = fractionStart &- index
            digitCount &+= index &- fractionStart
        }
        guard digitCount > 0 else {
            return try readWord(bytes, from: start, at: &position)
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            exponent &+= try readExponent(bytes, at: &index)
        }
        guard index &- start <= ScrapeLimits.numberBytes else { throw .value }
        position = index

        let magnitude: Double
        if isComplete, let exact = scaled(mantissa, exponent) {
            magnitude = exact
        } else {
            magnitude = try readSlowly(bytes, integerStart..<index)
        }
        return isNegative ? -magnitude : magnitude
    }

    /// A mantissa up to this one has room for any further digit.
    private static var mantissaRoom: UInt64 { (UInt64.max - 9) / 10 }

    @inline(__always)
    private static func isSign(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
    }

    private static func readExponent(
        _ bytes: Span<UInt8>,
        at index: inout Int
    ) throws(ExpositionFault) -> Int {
        index &+= 1
        var isNegative = false
        if index < bytes.count, isSign(bytes[index]) {
            isNegative = bytes[index] == UInt8(ascii: "-")
            index &+= 1
        }
        let start = index
        var exponent = 0
        while index < bytes.count {
            let digit = bytes[index] &- 0x30
            guard digit <= 9 else { break }
            // A bound far beyond any double's, so that no number of digits overflows.
            if exponent < 100_000 { exponent = exponent &* 10 &+ Int(digit) }
            index &+= 1
        }
        guard index > start else { throw .value }
        return isNegative ? -exponent : exponent
    }

    /// `mantissa` × 10^`exponent` where whole numbers of 128 bits give it exactly, `nil` elsewhere.
    @inline(__always)
    private static func scaled(_ mantissa: UInt64, _ exponent: Int) -> Double? {
        if mantissa <= 1 << 53 {
            // Both operands are exact doubles, so one operation rounds once (Clinger 1990).
            if exponent == 0 { return Double(mantissa) }
            if exponent < 0, exponent >= -22 { return Double(mantissa) / doubles[-exponent] }
            if exponent > 0, exponent <= 22 { return Double(mantissa) * doubles[exponent] }
            return mantissa == 0 ? 0 : nil
        }
        if exponent <= 0, exponent >= -19 { return quotient(mantissa, integers[-exponent]) }
        if exponent > 0, exponent <= 19 { return product(mantissa, integers[exponent]) }
        return nil
    }

    /// The quotient to at least 63 bits, and whether anything remains: enough to round once.
    private static func quotient(_ dividend: UInt64, _ divisor: UInt64) -> Double {
        let dividendShift = dividend.leadingZeroBitCount
        let divisorShift = divisor.leadingZeroBitCount
        let left = dividend &<< UInt64(dividendShift)
        // Half of a 64-bit number is below a divisor whose top bit is set: no overflow.
        let (quotient, remainder) = (divisor &<< UInt64(divisorShift))
            .dividingFullWidth((left &>> 1, left &<< 63))
        let rounded = Double(quotient | (remainder == 0 ? 0 : 1))
        return rounded * powerOfTwo(divisorShift - dividendShift - 63)
    }

    private static func product(_ left: UInt64, _ right: UInt64) -> Double {
        let (high, low) = left.multipliedFullWidth(by: right)
        guard high != 0 else { return Double(low) }
        let shift = high.leadingZeroBitCount
        let top = high << UInt64(shift) | low >> UInt64(64 - shift)
        let remains = low << UInt64(shift) != 0
        return Double(top | (remains ? 1 : 0)) * powerOfTwo(64 - shift)
    }

    /// Only for the exponents of a normal double, which is all that 128 bits reach.
    private static func powerOfTwo(_ exponent: Int) -> Double {
        Double(sign: .plus, exponent: exponent, significand: 1)
    }

    /// The standard library's reading, which never looks at the locale.
    private static func readSlowly(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>
    ) throws(ExpositionFault) -> Double {
        var copy = ""
        copy.reserveCapacity(range.count)
        for index in range { copy.unicodeScalars.append(Unicode.Scalar(bytes[index])) }
        guard let value = Double(copy) else { throw .value }
        guard value.isFinite else { throw .valueOutOfRange }
        return value
    }

    /// `Inf`, `Infinity` with or without a sign, `NaN` without.
    private static func readWord(
        _ bytes: Span<UInt8>,
        from start: Int,
        at position: inout Int
    ) throws(ExpositionFault) -> Double {
        var index = start
        var sign: Double?
        if index < bytes.count, isSign(bytes[index]) {
            sign = bytes[index] == UInt8(ascii: "-") ? -1 : 1
            index += 1
        }
        var word: [UInt8] = []
        while index < bytes.count, word.count <= 8 {
            let lower = bytes[index] | 0x20
            guard lower >= UInt8(ascii: "a"), lower <= UInt8(ascii: "z") else { break }
            word.append(lower)
            index += 1
        }
        position = index
        if word.elementsEqual("inf".utf8) || word.elementsEqual("infinity".utf8) {
            return (sign ?? 1) * .infinity
        }
        guard sign == nil, word.elementsEqual("nan".utf8) else { throw .value }
        return Double(bitPattern: nanBits)
    }

    private static let doubles: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    private static let integers: [UInt64] = [
        1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
        10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000,
        100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000,
        100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ]
}
