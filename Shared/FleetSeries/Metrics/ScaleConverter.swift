/// Converts the numbers of one column between a scale and doubles: the scale with its constants
/// looked up once.
struct ScaleConverter {
    /// Doubles hold every whole number up to this one.
    private static let largest = 9_007_199_254_740_992.0

    /// Corrections beyond this make a number longer than its bits.
    private static let largestCorrection: UInt64 = 1 << 12

    private let kind: NumberScale.Kind
    /// What a number is multiplied with on the way to a whole one.
    private let up: Double
    /// What a whole number is multiplied with, or divided by, on the way back.
    private let down: Double

    init(_ scale: NumberScale) {
        kind = scale.kind
        switch kind {
        case .binary:
            up = Self.power(ofTwo: -Int(scale.exponent))
            down = Self.power(ofTwo: Int(scale.exponent))
        case .divided, .corrected:
            up = NumberScale.powersOfTen[Int(scale.exponent)]
            down = up
        case .multiplied:
            up = NumberScale.powersOfTen[Int(scale.exponent)]
            down = NumberScale.inversePowersOfTen[Int(scale.exponent)]
        case .dividedTwice:
            up = 1_000_000
            down = 1000
        case .bits:
            up = 1
            down = 1
        }
    }

    /// Built from bits, since 2^-1022 up to 2^1022 are all normal numbers.
    private static func power(ofTwo exponent: Int) -> Double {
        Double(bitPattern: UInt64(1023 + exponent) << 52)
    }

    var isCorrected: Bool { kind == .corrected }

    /// The whole number that stands for `value`, or `nil` when none gives back exactly its bits.
    @inline(__always)
    func integer(of value: Double) -> Int64? {
        if kind == .bits { return Self.ordinal(of: value) }
        let scaled = value * up
        guard scaled.magnitude <= Self.largest else { return nil }
        let integer = Int64(scaled + (scaled < 0 ? -0.5 : 0.5))
        if kind == .corrected {
            let correction = correction(of: value, integer: integer)
            return correction.magnitude <= Self.largestCorrection ? integer : nil
        }
        return double(of: integer).bitPattern == value.bitPattern ? integer : nil
    }

    /// The number that a whole number stands for. Any whole number has one.
    @inline(__always)
    func double(of integer: Int64) -> Double {
        switch kind {
        case .binary, .multiplied: Double(integer) * down
        case .divided, .corrected: Double(integer) / down
        case .dividedTwice: Double(integer) / down / down
        case .bits: Self.double(ordinal: integer)
        }
    }

    /// For `corrected`: how many doubles away from that of `integer` the value is.
    @inline(__always)
    func correction(of value: Double, integer: Int64) -> Int64 {
        Self.ordinal(of: value) &- Self.ordinal(of: double(of: integer))
    }

    /// The other direction of `correction`.
    @inline(__always)
    func double(of integer: Int64, correction: Int64) -> Double {
        Self.double(ordinal: Self.ordinal(of: double(of: integer)) &+ correction)
    }

    /// A double's place among all doubles, those below zero below zero.
    static func place(of value: Double) -> Int64 { ordinal(of: value) }

    /// The double at a place.
    static func double(at place: Int64) -> Double { double(ordinal: place) }

    @inline(__always)
    private static func ordinal(of value: Double) -> Int64 {
        let bits = Int64(bitPattern: value.bitPattern)
        return bits ^ ((bits >> 63) & .max)
    }

    @inline(__always)
    private static func double(ordinal: Int64) -> Double {
        Double(bitPattern: UInt64(bitPattern: ordinal ^ ((ordinal >> 63) & .max)))
    }
}
