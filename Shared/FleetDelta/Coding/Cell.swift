/// An adaptive estimate of how likely a decision is 1: a probability in 22 bits above a count of the
/// decisions seen in 10 bits. It moves by 1/(n + 1.5) of the error at the n-th decision.
///
/// Kept with its highest bit turned over, so that zeros are cells that have learnt nothing: memory fresh from
/// the system costs nothing until it is touched.
enum Cell {
    private static let undecided: UInt32 = 1 << 31

    /// In 1/4096.
    @inline(__always)
    static func probability(_ cell: UInt32) -> Int { Int((cell ^ undecided) >> 20) }

    /// In 1/65536.
    @inline(__always)
    static func fineProbability(_ cell: UInt32) -> UInt32 { (cell ^ undecided) >> 16 }

    @inline(__always)
    static func learn(
        _ cell: UnsafeMutablePointer<UInt32>,
        _ bit: Int,
        limit: UInt32,
        _ rates: UnsafePointer<UInt32>
    ) {
        let old = cell.pointee ^ undecided
        let count = old & 0x3FF
        let probability = Int64(old >> 10)
        let target: Int64 = bit != 0 ? 0x3F_FFFF : 0
        let moved = probability &+ ((target &- probability) &* Int64(rates[Int(count)])) >> 16
        let changed = UInt32(truncatingIfNeeded: moved) << 10 | (count < limit ? count &+ 1 : count)
        cell.pointee = changed ^ undecided
    }
}
