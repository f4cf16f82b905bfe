/// An adaptive estimate of how likely a decision is `true`: a probability in 22 bits above a count
/// of the decisions seen in 10 bits.
///
/// It moves by 1/(n + 1.5) of the error at the n-th decision, so that it has learnt after a few
/// (segments are short), and by 1/256.5 from the 256th on. The form is that of Matt Mahoney's lpaq.
struct Probability: Sendable, Equatable {
    private(set) var bits: UInt32

    init(bits: UInt32) { self.bits = bits }

    /// Undecided.
    init() {
        bits = 1 << 31
    }

    /// Of `true`, in 1/65536, never so sure that a surprise costs more than 11 bits.
    @inline(__always)
    var value: UInt32 { min(max(bits >> 16, 32), 65_504) }

    @inline(__always)
    mutating func learn(_ bit: Bool, rates: UnsafePointer<Int64>) {
        let count = bits & 0xFF
        let old = Int64(bits >> 10)
        let target: Int64 = bit ? 0x3F_FFFF : 0
        let moved = old &+ ((target &- old) &* rates[Int(count)]) >> 16
        bits = UInt32(truncatingIfNeeded: moved) << 10 | min(count &+ 1, 255)
    }

    /// 65536 / (n + 1.5), for n in 0...255.
    static let rates: [Int64] = (0...255).map { Int64(65536 * 2 / (2 * $0 + 3)) }
}
