/// How the doubles of one series are written as whole numbers without losing a bit.
///
/// Exporters compute what they expose in a few ways, and each leaves numbers that are whole on one
/// scale: counters and sizes are multiples of a power of two (pages of 4,096 bytes, sectors of
/// 512), durations are decimals, divided by a power of ten or multiplied with its inverse
/// (`33160 * 0.001` is 33.160000000000004, which no short decimal is), and times in seconds since
/// 1970 are multiples of 2^-22. What fits none is compared by its bits.
///
/// The idea of testing that a decimal is bit-equal is ALP's (Afroozeh, Kuffo, Boncz, SIGMOD 2024).
struct NumberScale: Sendable, Hashable {
    /// Raw values are wire values.
    enum Kind: UInt8, Sendable {
        /// n × 2^`exponent`
        case binary = 0
        /// n ÷ 10^`exponent`
        case divided = 1
        /// n × 10^-`exponent`, by multiplication with that constant
        case multiplied = 2
        /// n ÷ 10^`exponent`, and a correction counted in neighbouring doubles: sums of decimals,
        /// which carry the rounding of every addition.
        case corrected = 3
        /// n ÷ 1000 ÷ 1000 (`exponent` is 6), as microseconds become seconds in some exporters.
        case dividedTwice = 4
        /// The double's bits, in an order that is the numbers' order.
        case bits = 5
    }

    let kind: Kind
    /// −1022...1022 for `binary`, 1...18 for decimals, 6 for `dividedTwice`, 0 for `bits`.
    let exponent: Int16

    init(kind: Kind, exponent: Int16) {
        self.kind = kind
        self.exponent = exponent
    }

    static let whole = Self(kind: .binary, exponent: 0)
    static let bits = Self(kind: .bits, exponent: 0)

    static let binaryExponents = -1022...1022
    static let decimalExponents = 1...18
    static let dividedTwice = Self(kind: .dividedTwice, exponent: 6)

    static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
        1e16, 1e17, 1e18,
    ]

    static let inversePowersOfTen: [Double] = [
        1e-0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13,
        1e-14, 1e-15, 1e-16, 1e-17, 1e-18,
    ]

    /// What an encoder can't have said is read as the nearest that it can.
    init(kind: Kind, nearest exponent: Int64) {
        let allowed: ClosedRange<Int> =
            switch kind {
            case .binary: Self.binaryExponents
            case .divided, .multiplied, .corrected: Self.decimalExponents
            case .dividedTwice: 6...6
            case .bits: 0...0
            }
        let nearest = min(max(exponent, Int64(allowed.lowerBound)), Int64(allowed.upperBound))
        self.init(kind: kind, exponent: Int16(nearest))
    }
}
