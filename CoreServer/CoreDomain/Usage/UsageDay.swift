import FleetModel

/// What a tenant used on one UTC day.
package struct UsageDay: Sendable, Equatable {
    /// Its beginning.
    package let day: Timestamp
    package let samples: Int64
    package let bytesIn: Int64
    package let apiRequests: Int64
    /// As last measured on that day; `nil` where it was not.
    package let storageBytes: Int64?
    package let ships: Int64?
    package let series: Int64?

    /// Days since 1970.
    static func number(of moment: Timestamp) -> Int32 {
        Int32(
            clamping: moment.floored(to: .seconds(86_400)).milliseconds / 86_400_000
        )
    }

    static func start(of number: Int32) -> Timestamp { Timestamp(seconds: Int64(number) * 86_400) }
}
