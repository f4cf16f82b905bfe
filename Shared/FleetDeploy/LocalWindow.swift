import FleetModel

/// Hours of the ship's own day in which something may be done.
package struct LocalWindow: Sendable, Equatable {
    /// Bit 0 is Monday, bit 6 Sunday: the day on which the window begins.
    package let weekdays: UInt8
    /// Minutes after midnight.
    package let start: Int
    /// Minutes that it is open, at most a day; it may go past midnight.
    package let length: Int

    package static let everyDay: UInt8 = 0b111_1111
    package static let minutesOfDay = 1440

    /// `nil` unless there is a day, a start within the day and a length of 1 to 1,440 minutes.
    package init?(weekdays: UInt8 = Self.everyDay, start: Int, length: Int) {
        guard 1...Self.everyDay ~= weekdays, 0..<Self.minutesOfDay ~= start,
            1...Self.minutesOfDay ~= length
        else { return nil }
        self.weekdays = weekdays
        self.start = start
        self.length = length
    }

    /// Whether it is open at a moment, given the ship's time less UTC in minutes.
    package func contains(_ moment: Timestamp, zoneMinutes: Int) -> Bool {
        let minute = Self.floorDivide(moment.milliseconds, 60_000).quotient + Int64(zoneMinutes)
        let (day, minuteOfDay) = Self.floorDivide(minute, Int64(Self.minutesOfDay))
        return begins(on: day) && start..<(start + length) ~= Int(minuteOfDay)
            || begins(on: day - 1)
                && start..<(start + length) ~= Int(minuteOfDay) + Self.minutesOfDay
    }

    /// 1 January 1970 was a Thursday.
    private func begins(on day: Int64) -> Bool {
        weekdays >> Self.floorDivide(day + 3, 7).remainder & 1 == 1
    }

    private static func floorDivide(
        _ value: Int64,
        _ divisor: Int64
    ) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
