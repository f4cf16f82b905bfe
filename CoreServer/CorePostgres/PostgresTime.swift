/// How PostgreSQL counts time on the wire: microseconds since the year 2000.
enum PostgresTime {
    /// 2000-01-01T00:00:00Z in milliseconds since 1970.
    static let epochMilliseconds: Int64 = 946_684_800_000

    /// What `timestamptz` can hold, in milliseconds since 1970: from 4714-11-24 BC (Julian day
    /// zero) to before 294277-01-01 (`MIN_TIMESTAMP` and `END_TIMESTAMP` of its sources).
    static let milliseconds: Range<Int64> = {
        let least: Int64 = -211_813_488_000_000
        let end: Int64 = 9_223_371_331_200_000
        return least + epochMilliseconds..<end + epochMilliseconds
    }()
}
