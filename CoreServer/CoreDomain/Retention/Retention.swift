/// How long a tenant's telemetry is kept, by the ships' clocks. Daily rollups are kept for good, and
/// so is what no honest clock shows: times before 2015 say nothing about an age.
package struct Retention: Sendable, Equatable {
    package var rawDays: Int32
    package var fiveMinuteDays: Int32
    package var hourDays: Int32

    package init(rawDays: Int32, fiveMinuteDays: Int32, hourDays: Int32) {
        self.rawDays = rawDays
        self.fiveMinuteDays = fiveMinuteDays
        self.hourDays = hourDays
    }

    /// A quarter of a year of samples, more than a year of five minutes, five years of hours.
    package static let standard = Self(rawDays: 92, fiveMinuteDays: 400, hourDays: 1830)

    package static let longestDays: Int32 = 36_500

    /// - Throws: `DomainError` `invalid` where it is not in order: coarser is kept no shorter.
    package func check() throws(DomainError) {
        guard 1 <= rawDays, rawDays <= fiveMinuteDays, fiveMinuteDays <= hourDays,
            hourDays <= Self.longestDays
        else {
            throw DomainError(
                .invalid,
                "samples are kept for at least a day, five-minute rollups no shorter than samples, "
                    + "hourly ones no shorter than those, none longer than \(Self.longestDays) days"
            )
        }
    }
}
