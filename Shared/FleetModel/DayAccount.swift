/// A ship's account of one lane and UTC day, cumulative: a later one replaces an earlier one.
///
/// Records belong to the day of their own time, not to the day they were accepted on.
package struct DayAccount: Hashable, Sendable {
    package let lane: Lane
    /// Days since 1970-01-01.
    package let day: Int32
    package let produced: UInt64
    package let degraded: UInt64
    package let lost: UInt64

    package init(lane: Lane, day: Int32, produced: UInt64, degraded: UInt64, lost: UInt64) {
        self.lane = lane
        self.day = day
        self.produced = produced
        self.degraded = degraded
        self.lost = lost
    }

    /// The day that a moment belongs to, brought into what 32 bits hold.
    package static func day(of moment: Timestamp) -> Int32 {
        Int32(clamping: moment.floored(to: .seconds(86_400)).milliseconds / 86_400_000)
    }
}
