/// How long a tenant's telemetry is kept, by the ships' clocks. Daily rollups are kept for good, and
/// so is what no honest clock shows: times before 2015 say nothing about an age. What can't be read,
/// and is set aside, is never deleted.
package struct Retention: Sendable, Equatable {
    package var rawDays: Int32
    package var fiveMinuteDays: Int32
    package var hourDays: Int32
    package var logDays: Int32
    /// What people read of a ship: events, declarations, accounts by day, use of the link.
    package var recordDays: Int32

    package init(
        rawDays: Int32,
        fiveMinuteDays: Int32,
        hourDays: Int32,
        logDays: Int32 = standard.logDays,
        recordDays: Int32 = standard.recordDays
    ) {
        self.rawDays = rawDays
        self.fiveMinuteDays = fiveMinuteDays
        self.hourDays = hourDays
        self.logDays = logDays
        self.recordDays = recordDays
    }

    /// A quarter of a year of samples and logs, more than a year of five minutes, five years of hours
    /// and of records.
    package static let standard = Self(
        rawDays: 92,
        fiveMinuteDays: 400,
        hourDays: 1830,
        logDays: 92,
        recordDays: 1830
    )

    package static let longestDays: Int32 = 36_500

    /// Ledgers are judged by the accounts of a year.
    package static let shortestRecordDays: Int32 = 400

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
        guard 1...Self.longestDays ~= logDays else {
            throw DomainError(.invalid, "logs are kept for 1 to \(Self.longestDays) days")
        }
        guard Self.shortestRecordDays...Self.longestDays ~= recordDays else {
            throw DomainError(
                .invalid,
                "records are kept for \(Self.shortestRecordDays) to \(Self.longestDays) days"
            )
        }
    }
}
