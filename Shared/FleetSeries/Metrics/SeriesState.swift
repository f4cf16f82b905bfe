/// What the codec remembers of one series: from one row to the next and, in predicted segments,
/// from one segment to the next.
struct SeriesState: Sendable, Equatable {
    /// The last sample's bits, whatever it was.
    var lastBits: UInt64 = 0
    /// The last number on `scale`; exceptions leave it as it was.
    var integer: Int64 = 0
    /// The last difference between two numbers.
    var delta: Int64 = 0
    /// A running mean of the differences, in sixteenths.
    var drift: Int64 = 0
    /// A running mean of the numbers, in sixteenths.
    var mean: Int64 = 0
    /// The last number's correction, on a `corrected` scale.
    var correction: Int64 = 0
    /// The series number of the column that the last reference was to.
    var reference: UInt32 = .max
    var scale = NumberScale.whole
    var predictor = Predictor.hold
    /// A running mean of the residuals' lengths in bits, in sixteenths, zeros not counted.
    var expectedLength: UInt16 = 0
    /// A running mean of how far the lengths were from what was expected, in sixteenths.
    var spread: UInt16 = 0
    /// Whether the last residuals were other than zero, the newest in the lowest bit.
    var residuals: UInt8 = 0
    /// Whether the last segments saw a change, the newest in the lowest bit.
    var activity: UInt8 = 0
    /// 1, then the last (at most two) signs: 1...7.
    var signs: UInt8 = 1
    /// Differences seen, at most 3: how much the next one weighs in `drift`.
    var differences: UInt8 = 0
    /// Whether there was ever a number, so that `integer` means something.
    var hasNumber = false
    /// Whether the last sample was an exception.
    var wasException = false
    var hadExceptions = false
    var wasPartial = false

    /// Takes note of a number.
    @inline(__always)
    mutating func advance(to next: Int64) {
        delta = next &- integer
        let weighted = delta &<< 4
        drift = drift &+ ((weighted &- drift) >> Int64(differences))
        differences = min(differences + 1, 3)
        integer = next
        mean = mean &+ (((next &<< 4) &- mean) >> 2)
    }

    /// Takes note of a number that nothing was known before.
    mutating func begin(at first: Int64) {
        integer = first
        mean = first &<< 4
        hasNumber = true
    }

    /// What the next difference is expected to be, without a reference.
    @inline(__always)
    func expectedDelta(_ predictor: Predictor) -> Int64 {
        switch predictor {
        case .hold, .reference: 0
        case .linear: delta
        case .drift: (drift &+ 8) >> 4
        case .mean: ((mean &+ 8) >> 4) &- integer
        }
    }

    /// Takes note of a residual other than zero.
    @inline(__always)
    mutating func learn(length: Int, isNegative: Bool) {
        let sixteenths = UInt16(length) << 4
        if expectedLength == 0 {
            expectedLength = sixteenths
            spread = 16
        } else {
            let distance =
                sixteenths > expectedLength
                ? sixteenths - expectedLength : expectedLength - sixteenths
            spread = (3 * spread + distance + 2) >> 2
            expectedLength = (3 * expectedLength + sixteenths + 2) >> 2
        }
        let two = (signs << 1 | (isNegative ? 1 : 0)) & 7
        signs = signs < 4 ? signs << 1 | (isNegative ? 1 : 0) : 4 | (two & 3)
    }
}
