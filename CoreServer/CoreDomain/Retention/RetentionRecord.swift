/// A tenant's retention as it is shown and changed.
package struct RetentionRecord: Thing {
    package static let noun = "retention"

    package let rawDays: Int32
    package let fiveMinuteDays: Int32
    package let hourDays: Int32
    package let logDays: Int32
    package let recordDays: Int32
    /// 0 where the server's own is in force.
    package let version: Int64

    package var reference: String { "" }

    init(_ retention: Retention, version: Int64) {
        rawDays = retention.rawDays
        fiveMinuteDays = retention.fiveMinuteDays
        hourDays = retention.hourDays
        logDays = retention.logDays
        recordDays = retention.recordDays
        self.version = version
    }
}
