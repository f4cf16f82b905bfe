/// What a series' samples are rounded to: a decimal step, such as 0.05. A series without one crosses
/// bit by bit.
package struct Resolution: Hashable, Sendable, CustomStringConvertible {
    package static let coefficients: ClosedRange<UInt32> = 1...999_999
    package static let exponents: ClosedRange<Int> = -12...12

    /// The step is `coefficient` × 10^`exponent`; the coefficient doesn't end in 0 unless the
    /// exponent is at its upper end.
    package let coefficient: UInt32
    package let exponent: Int8

    /// `nil` for what is out of range.
    package init?(coefficient: UInt32, exponent: Int) {
        guard Self.coefficients.contains(coefficient) else { return nil }
        var (coefficient, exponent) = (coefficient, exponent)
        while coefficient % 10 == 0, exponent < Self.exponents.upperBound {
            coefficient /= 10
            exponent += 1
        }
        guard Self.exponents.contains(exponent) else { return nil }
        self.coefficient = coefficient
        self.exponent = Int8(exponent)
    }

    /// A positive decimal without an exponent, such as `0.05` or `100`; `nil` for anything else.
    package init?(_ text: String) {
        var digits: UInt64 = 0
        var decimals: Int?
        var hasDigits = false
        guard text.utf8.count <= 32 else { return nil }
        for byte in text.utf8 {
            if byte == UInt8(ascii: "."), decimals == nil {
                decimals = 0
                continue
            }
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            hasDigits = true
            decimals? += 1
            // Zeros at the end of "999999000000000000" go to the exponent.
            let (next, overflow) = digits.multipliedReportingOverflow(by: 10)
            guard !overflow, next <= UInt64.max - 9 else { return nil }
            digits = next + UInt64(byte - 0x30)
        }
        guard hasDigits, digits > 0 else { return nil }
        var exponent = -(decimals ?? 0)
        while digits % 10 == 0, exponent < Self.exponents.upperBound {
            digits /= 10
            exponent += 1
        }
        self.init(coefficient: UInt32(clamping: digits), exponent: exponent)
    }

    /// The multiple of the step that is nearest; NaN, infinities and what is too large for a double
    /// to count in steps stay as they are.
    package func rounded(_ value: Double) -> Double {
        let power = Self.powers[Int(exponent.magnitude)]
        let whole = Double(coefficient)
        let steps = exponent < 0 ? value * power / whole : value / power / whole
        let count = steps.rounded()
        guard count.magnitude * whole <= 9_007_199_254_740_992 else { return value }
        // Not −0.0, which would have to cross as an exception.
        guard count != 0 else { return 0 }
        return exponent < 0 ? count * whole / power : count * whole * power
    }

    package var description: String {
        let digits = String(coefficient)
        guard exponent < 0 else { return digits + String(repeating: "0", count: Int(exponent)) }
        let decimals = Int(-exponent)
        let padding = String(repeating: "0", count: max(0, decimals + 1 - digits.count))
        let padded = padding + digits
        return "\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
    }

    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12,
    ]
}
