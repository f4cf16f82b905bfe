import CorePostgres
import FleetModel

/// What tenants used, for bills.
package struct Usages: Sendable {
    /// The most days in one answer.
    package static let mostDays = 400

    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// The days on which a tenant used something, in order.
    ///
    /// - Throws: `DomainError` `invalid`.
    package func days(of tenant: TenantID, in range: TimeRange) async throws -> [UsageDay] {
        let first = UsageDay.number(of: range.from)
        let last = UsageDay.number(of: range.to - .milliseconds(1))
        guard Int(last) - Int(first) < Self.mostDays else {
            throw DomainError(.invalid, "a bill has at most \(Self.mostDays) days")
        }
        return try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try connection.execute(
                UsageQueries.days,
                .int64(tenant.rawValue),
                .int32(first),
                .int32(last)
            ).map { row in
                UsageDay(
                    day: UsageDay.start(of: try row.int32("day")),
                    samples: try row.int64("samples"),
                    bytesIn: try row.int64("bytes_in"),
                    apiRequests: try row.int64("api_requests"),
                    storageBytes: try row.optionalInt64("storage_bytes"),
                    ships: try row.optionalInt64("ships"),
                    series: try row.optionalInt64("series")
                )
            }
        }
    }

    /// Measures what a tenant holds now, as its day's last word so far.
    ///
    /// - Returns: the bytes stored.
    @discardableResult
    package func measure(_ tenant: TenantID, at now: Timestamp) async throws -> Int64 {
        try await pool.transaction(tenant: tenant) { connection in
            try connection.execute(
                UsageQueries.measure,
                .int64(tenant.rawValue),
                .int32(UsageDay.number(of: now)),
                .timestamp(now)
            ).first?.int64("storage_bytes") ?? 0
        }
    }
}
