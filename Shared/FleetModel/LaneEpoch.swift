/// Drawn at random when a ship's store is made: a ship that lost its disk starts a new epoch, so
/// its positions can't be mistaken for those of the store that is gone.
package struct LaneEpoch: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    package init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }

    package var description: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
