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
        try await pool.transaction(tenant: tenant, readOnly: true) { [standard] connection in
            try Self.find(tenant, standard, connection).retention
        }
    }

    package func record(of tenant: TenantID) async throws -> RetentionRecord {
        try await pool.transaction(tenant: tenant, readOnly: true) { [standard] connection in
            let found = try Self.find(tenant, standard, connection)
            return RetentionRecord(found.retention, version: found.version)
        }
    }

    private static func find(
        _ tenant: TenantID,
        _ standard: Retention,
        _ connection: PostgresConnection
    ) throws -> (retention: Retention, version: Int64) {
        let row = try connection.execute(RetentionQueries.find, .int64(tenant.rawValue)).first
        guard let row else { return (standard, 0) }
        let retention = Retention(
            rawDays: try row.int32("raw_days"),
            fiveMinuteDays: try row.int32("five_minute_days"),
            hourDays: try row.int32("hour_days"),
            logDays: try row.optionalInt32("log_days") ?? standard.logDays,
            recordDays: try row.optionalInt32("record_days") ?? standard.recordDays
        )
        return (retention, try row.int64("version"))
    }

    @discardableResult
    package func set(
        _ retention: Retention,
        of tenant: TenantID,
        _ match: VersionMatch = .any,
        at now: Timestamp,
        for change: Change
    ) async throws -> RetentionRecord {
        try retention.check()
        return try await pool.transaction(tenant: tenant) { [standard] connection in
            let old = try Self.find(tenant, standard, connection)
            let before = RetentionRecord(old.retention, version: old.version)
            try match.check(before)
            _ = try connection.execute(
                RetentionQueries.put,
                .int64(tenant.rawValue),
                .int32(retention.rawDays),
                .int32(retention.fiveMinuteDays),
                .int32(retention.hourDays),
                .int32(retention.logDays),
                .int32(retention.recordDays),
                .timestamp(now)
            )
            let after = RetentionRecord(
                retention,
                version: try Self.find(tenant, standard, connection).version
            )
            try AuditTrail(tenant: tenant, change: change, now: now, connection: connection)
                .changed(before, to: after)
            return after
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
                .int32(standard.hourDays),
                .int32(standard.logDays)
            )
        }
        var deleted = 0
        for ship in ships {
            for step in Self.steps(retention, at: now) {
                deleted += try await delete(step, of: ship.identity)
                try Task.checkCancellation()
            }
        }
        return deleted
    }

    private struct Step: Sendable {
        let statement: Statement
        let end: Timestamp
        var resolution: RollupResolution?
    }

    private static func steps(_ retention: Retention, at now: Timestamp) -> [Step] {
        func end(_ days: Int32) -> Timestamp {
            (now - .seconds(Int64(days) * 86_400)).floored(to: .seconds(86_400))
        }
        var steps = RetentionQueries.samples.map {
            Step(statement: $0, end: end(retention.rawDays))
        }
        for (resolution, days) in [
            (RollupResolution.fiveMinutes, retention.fiveMinuteDays), (.hour, retention.hourDays),
        ] {
            steps.append(
                Step(statement: RetentionQueries.rollups, end: end(days), resolution: resolution)
            )
            // The whole of a chunk.
            let last = end(days) - resolution.period
            steps.append(
                Step(statement: RetentionQueries.rollupChunks, end: last, resolution: resolution)
            )
        }
        steps.append(
            Step(statement: RetentionQueries.rollupSegments, end: end(retention.fiveMinuteDays))
        )
        steps.append(Step(statement: RetentionQueries.logs, end: end(retention.logDays)))
        let records = RetentionQueries.records + [RetentionQueries.declarations]
        return steps + records.map { Step(statement: $0, end: end(retention.recordDays)) }
    }

    /// In batches, so that no transaction is long.
    private func delete(_ step: Step, of identity: ShipIdentity) async throws -> Int {
        var values: [PostgresValue] = [
            .int64(identity.tenant.rawValue), .int64(identity.ship.rawValue), .timestamp(step.end),
        ]
        if let resolution = step.resolution { values.append(.int32(resolution.rawValue)) }
        var deleted = 0
        while true {
            let parameters = values
            let count = try await pool.transaction(tenant: identity.tenant) { connection in
                if step.statement.name == RetentionQueries.declarations.name {
                    return Int(
                        try connection.execute(step.statement, values: parameters)
                            .first?.int64("deleted") ?? 0
                    )
                }
                return try connection.executeCount(step.statement, values: parameters)
            }
            deleted += count
            guard count >= RetentionQueries.batch else { return deleted }
        }
    }
}
