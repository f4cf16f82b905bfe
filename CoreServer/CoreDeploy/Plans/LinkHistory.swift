/// A ship's link on the last UTC days, the oldest first.
struct LinkHistory: Sendable, Equatable {
    /// That a plan looks back.
    static let days = 28

    /// Connected milliseconds by day, of each link class that the ship reported on, and of "": all sessions,
    /// as the shore counted them.
    var connected: [String: [Int64]] = [:]
    /// Of all days together.
    var sessions: Int64 = 0
    var bytes: Int64 = 0

    /// From the first day on on which the ship was heard.
    var known: Range<Int> {
        let first = (connected[""] ?? []).firstIndex { $0 > 0 }
        return (first ?? Self.days)..<Self.days
    }

    /// The silence that its silences mostly stay below: a day more than the longest run of days without a
    /// contact, or twice the time from one session to the next. `nil` where it was not heard.
    var usualSilence: Int64? {
        guard !known.isEmpty, sessions > 0, let all = connected[""] else { return nil }
        var (run, longest) = (0, 0)
        for day in known {
            run = all[day] > 0 ? 0 : run + 1
            longest = max(longest, run)
        }
        if longest > 0 { return Int64(longest + 1) * 86_400 }
        return max(3600, 2 * 86_400 * Int64(known.count) / sessions)
    }
}
