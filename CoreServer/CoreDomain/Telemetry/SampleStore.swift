import CorePostgres
import FleetModel
import FleetSeries

/// Reads a ship's samples back, a day of storage at a time.
///
/// Compaction replaces blocks of a day by chunks of it in one transaction; a day's blocks and chunks
/// are read in one snapshot, so every sample is seen once, whatever runs meanwhile.
struct SampleStore: Sendable {
    /// What was found in one day of storage. Samples may lie up to two hours behind its end.
    struct Day: Sendable {
        let at: Timestamp
        /// By series id; ascending in time unless blocks overlap.
        var samples: [Int32: [RawSample]] = [:]
        var count = 0
    }

    /// Blocks read at a time: bounds the memory of one request.
    static let page: Int32 = 64

    static let dayLength = Duration.seconds(86_400)

    let pool: PostgresPool

    /// Calls `body` with each day that has samples of the range, in order.
    ///
    /// - Parameters:
    ///   - ids: the series wanted, or all.
    ///   - budget: how many samples there may be in all.
    /// - Throws: `DomainError` `invalid` where there are more.
    func eachDay(
        of identity: ShipIdentity,
        range: TimeRange,
        only ids: Set<Int32>?,
        budget: Int,
        _ body: (Day) throws -> Void
    ) async throws {
        var place = TableTime.clamped((range.from - Limits.segmentSpan).milliseconds)
            .floored(to: Self.dayLength)
        var left = budget
        while true {
            let (start, rest) = (place, left)
            let day = try await pool.transaction(
                tenant: identity.tenant,
                isolation: .repeatableRead,
                readOnly: true
            ) { connection -> Day? in
                var reader = DayReader(
                    identity: identity,
                    range: range,
                    ids: ids,
                    budget: rest,
                    connection: connection
                )
                return try reader.read(from: start)
            }
            guard let day else { return }
            left -= day.count
            if day.count > 0 { try body(day) }
            place = day.at + Self.dayLength
        }
    }
}
