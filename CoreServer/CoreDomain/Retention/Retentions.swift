import CorePostgres
import FleetModel

/// Who keeps what for how long, and the end of it.
package struct Retentions: Sendable {
    private let pool: PostgresPool
    private let standard: Retention

    /// - Parameter standard: for tenants that have none of their own.
    package init(pool: PostgresPool, standard: Retention) {
        self.pool = pool
        self.standard = standard
    }

    package func retention(of tenant: TenantID) async throws -> Retention {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try connection.execute(RetentionQueries.find, .int64(tenant.rawValue)).first.map {
                Retention(
                    rawDays: try $0.int32("raw_days"),
                    fiveMinuteDays: try $0.int32("five_minute_days"),
                    hourDays: try $0.int32("hour_days")
                )
            }
        } ?? standard
    }

    package func set(
        _ retention: Retention,
        of tenant: TenantID,
        at now: Timestamp,
        for change: Change
    ) async throws {
        try retention.check()
        try await pool.transaction(tenant: tenant) { connection in
            _ = try connection.execute(
                RetentionQueries.put,
                .int64(tenant.rawValue),
                .int32(retention.rawDays),
                .int32(retention.fiveMinuteDays),
                .int32(retention.hourDays),
                .timestamp(now)
            )
            try AuditTrail(tenant: tenant, change: change, now: now, connection: connection).note(
                "retention.write",
                "retention",
                after: "{\"raw_days\":\(retention.rawDays),\"five_minute_days\":"
                    + "\(retention.fiveMinuteDays),\"hour_days\":\(retention.hourDays)}"
            )
        }
    }

    /// Deletes what is past for a tenant, ship by ship, and drops partitions that are past for all.
    ///
    /// - Returns: rows deleted.
    package func enforce(on tenant: TenantID, ships: [Ship], at now: Timestamp) async throws -> Int
    {
        let retention = try await retention(of: tenant)
        let standard = standard
        try await pool.transaction(tenant: nil) { connection in
            _ = try connection.execute(
                RetentionQueries.dropPartitions,
                .timestamp(now),
                .int32(standard.rawDays),
                .int32(standard.fiveMinuteDays),
                .int32(standard.hourDays)
            )
        }
        func end(_ days: Int32) -> PostgresValue {
            let moment = now - .seconds(Int64(days) * 86_400)
            return .timestamp(moment.floored(to: .seconds(86_400)))
        }
        var deleted = 0
        for ship in ships {
            let values = [
                PostgresValue.int64(tenant.rawValue), .int64(ship.identity.ship.rawValue),
            ]
            let (raw, fiveMinutes, hours) = (
                end(retention.rawDays), end(retention.fiveMinuteDays), end(retention.hourDays)
            )
            deleted += try await pool.transaction(tenant: tenant) { connection in
                try connection.executeCount(RetentionQueries.deleteBlocks, values: values + [raw])
                    + connection.executeCount(RetentionQueries.deleteChunks, values: values + [raw])
                    + connection.executeCount(
                        RetentionQueries.deleteRollups,
                        values: values + [
                            .int32(RollupResolution.fiveMinutes.rawValue), fiveMinutes,
                        ]
                    )
                    + connection.executeCount(
                        RetentionQueries.deleteRollups,
                        values: values + [.int32(RollupResolution.hour.rawValue), hours]
                    )
            }
            try Task.checkCancellation()
        }
        return deleted
    }
}
