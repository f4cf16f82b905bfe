import CorePostgres
import FleetModel

/// Ships' links by day, summed up from what the shore counted and what ships told.
package struct LinkDays: Sendable {
    /// That are looked at again: ships tell of days that are past when they come.
    private static let late = 7

    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    package func refresh(_ tenant: TenantID, at now: Timestamp) async throws {
        let day = Duration.seconds(86_400)
        let today = now.floored(to: day)
        let from = today - day * Self.late
        try await pool.transaction(tenant: tenant) { connection in
            try connection.execute(
                PlanQueries.refreshLinks,
                .int64(tenant.rawValue),
                .timestamp(from),
                .int64(from.milliseconds),
                .int64((today + day).milliseconds)
            )
            try connection.execute(
                PlanQueries.forgetLinks,
                .int64(tenant.rawValue),
                .timestamp(today - day * (2 * LinkHistory.days))
            )
        }
    }
}
