import FleetModel

/// A time of the UTC day in which some lanes may be sent. A lane that is named in any window waits
/// outside of all of its windows.
package struct DailyWindow: Sendable, Equatable {
    /// Minutes since midnight; `to` may be the smaller one, over midnight.
    package let from: Int
    package let to: Int
    package let lanes: Set<Lane>

    package static let minutesPerDay = 24 * 60

    package init(from: Int, to: Int, lanes: Set<Lane>) {
        self.from = from
        self.to = to
        self.lanes = lanes
    }

    package func contains(_ moment: Timestamp) -> Bool {
        let ofDay = moment - moment.floored(to: .seconds(86_400))
        let minute = Int(ofDay.milliseconds / 60_000)
        return from <= to ? minute >= from && minute < to : minute >= from || minute < to
    }

    /// Reads `01:30`; `24:00` is the day's end.
    package static func minute(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy(\.isNumber) }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), (0...59).contains(minute)
        else { return nil }
        let sum = hour * 60 + minute
        return sum <= minutesPerDay ? sum : nil
    }
}
