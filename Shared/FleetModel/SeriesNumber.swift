/// A series as its ship numbers it, from 0 in the order of first sight: an index into the ship's
/// catalogue, valid within one `LaneEpoch`.
package struct SeriesNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt32

    package init(_ rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package var description: String { String(rawValue) }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
