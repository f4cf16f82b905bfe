import FleetModel

/// How long a ship is usually silent, by its own link history.
package enum UsualSilence {
    /// Fewer silences than this say nothing.
    package static let minimum = 8

    /// What its silence stayed below at 9 of 10 moments: long silences count for as long as they were, for
    /// that is when somebody asks.
    ///
    /// - Parameter silences: between one contact and the next.
    /// - Returns: `nil` for too few.
    package static func of(_ silences: some Collection<Duration>) -> Duration? {
        guard silences.count >= minimum else { return nil }
        let seconds = silences.map(\.inSeconds).filter { $0 > 0 }.sorted()
        let total = seconds.reduce(0, +)
        guard total > 0 else { return nil }
        // At a share of 10 % of all moments the silence is longer than x: sum of max(0, s - x) = total / 10.
        var above = 0.0
        for (taken, longest) in seconds.reversed().enumerated() {
            let next = taken + 1 < seconds.count ? seconds[seconds.count - taken - 2] : 0
            let count = Double(taken + 1)
            let share = above + count * (longest - next)
            if share >= total / 10 {
                return .milliseconds(
                    Int64((longest - (total / 10 - above) / count) * 1000)
                )
            }
            above = share
        }
        return nil
    }
}
