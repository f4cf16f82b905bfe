/// How much is left of a series' samples: the ladder that data go down when budget or disk end.
/// Raw values are wire and table values; a higher one is coarser.
package enum Rung: UInt8, CaseIterable, Comparable, Sendable {
    /// Every sample, bit by bit.
    case raw = 0
    case oneMinute = 1
    case fiveMinutes = 2
    case quarterHour = 3
    /// How many samples there were, by the hour.
    case counts = 4

    /// The length of what one row stands for; `nil` where every sample has its own place.
    package var interval: Duration? {
        switch self {
        case .raw: nil
        case .oneMinute: .seconds(60)
        case .fiveMinutes: .seconds(300)
        case .quarterHour: .seconds(900)
        case .counts: .seconds(3600)
        }
    }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
