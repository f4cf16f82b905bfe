/// Gives numbers to what the gate says against a series, so that a cache of series can remember it
/// in a series' place. There are few: a reason each, and perhaps a label of the configuration's.
struct VerdictTable: Sendable {
    enum Verdict {
        case dropped
        case refused(LabelViolation)
    }

    /// Numbers from here on are verdicts; a ship's series are far fewer.
    static let first: UInt32 = 0xFFFF_0000
    static let dropped = first

    private var violations: [LabelViolation] = []

    mutating func number(of violation: LabelViolation) -> UInt32 {
        let index = violations.firstIndex(of: violation) ?? violations.count
        if index == violations.count { violations.append(violation) }
        return Self.first + 1 + UInt32(index)
    }

    @inline(__always)
    static func isVerdict(_ number: UInt32) -> Bool { number >= first }

    /// What such a number stands for.
    func verdict(_ number: UInt32) -> Verdict {
        number == Self.dropped ? .dropped : .refused(violations[Int(number - Self.first) - 1])
    }
}
