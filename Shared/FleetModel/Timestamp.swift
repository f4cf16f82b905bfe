/// A moment in UTC, in milliseconds since 1970: the only time on the wire and in tables.
///
/// Milliseconds are what Prometheus' exposition format carries, so nothing is rounded on the way.
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package init(seconds: Int64) {
        self.init(milliseconds: seconds * 1000)
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// Saturating, so that a hostile timestamp can't trap.
    package static func + (left: Self, right: Duration) -> Self {
        let (sum, overflow) = left.milliseconds.addingReportingOverflow(right.milliseconds)
        return Self(
            milliseconds: overflow ? (right.milliseconds < 0 ? .min : .max) : sum
        )
    }

    package static func - (left: Self, right: Duration) -> Self {
        left + (.zero - right)
    }

    /// Saturating, like the sum.
    package static func - (left: Self, right: Self) -> Duration {
        let (difference, overflow) = left.milliseconds
            .subtractingReportingOverflow(right.milliseconds)
        return .milliseconds(overflow ? (left < right ? Int64.min : Int64.max) : difference)
    }

    /// The start of the interval of `length` that this moment lies in, counted from 1970.
    package func floored(to length: Duration) -> Self {
        let step = length.milliseconds
        precondition(step > 0, "an interval must have a length")
        let remainder = milliseconds % step
        let down = remainder < 0 ? remainder + step : remainder
        let (floor, overflow) = milliseconds.subtractingReportingOverflow(down)
        return Self(milliseconds: overflow ? milliseconds : floor)
    }

    /// `2026-11-21T12:22:38.123Z`, without Foundation (which costs a ship 50 MB of ICU).
    package var description: String {
        let days = floored(to: .seconds(86_400)).milliseconds / 86_400_000
        let (year, month, day) = CivilDate.of(dayNumber: days)
        let ofDay = milliseconds - days * 86_400_000
        func padded(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        let hour = padded(ofDay / 3_600_000, 2)
        let minute = padded(ofDay / 60_000 % 60, 2)
        let second = padded(ofDay / 1000 % 60, 2)
        return "\(date)T\(hour):\(minute):\(second).\(padded(ofDay % 1000, 3))Z"
    }
}

extension Duration {
    /// Whole milliseconds, saturating.
    package var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, overflowed) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        return overflowed ? (seconds < 0 ? .min : .max) : sum
    }

    /// Seconds with their fraction, for gauges and texts.
    package var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
