import CorePostgres
import FleetModel

/// What tenants may use, for people who look at it or set it.
package struct Quotas: Sendable {
    /// A tenant's limits and how far they are used.
    package struct State: Sendable {
        /// The tenant's own.
        package let own: Quota
        /// With the configuration's where it has none.
        package let effective: Quota
        /// 0 where it never had any of its own.
        package let version: Int64
        package let use: [Quota.Limit: Int64]
    }

    private let pool: PostgresPool
    private let standard: Quota

    package init(pool: PostgresPool, standard: Quota) {
        self.pool = pool
        self.standard = standard
    }

    package func state(of tenant: TenantID, at now: Timestamp) async throws -> State {
        let standard = standard
        return try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            let row = try connection.execute(QuotaQueries.find, .int64(tenant.rawValue)).first
            return try Self.state(row, tenant, standard, now, connection)
        }
    }

    private static func state(
        _ row: PostgresRow?,
        _ tenant: TenantID,
        _ standard: Quota,
        _ now: Timestamp,
        _ connection: PostgresConnection
    ) throws -> State {
        let own = try row.map(QuotaDesk.quota) ?? .unlimited
        let number = PostgresValue.int64(tenant.rawValue)
        func count(_ statement: Statement) throws -> Int64 {
            try connection.execute(statement, number).first?.int64("count") ?? 0
        }
        let usage = try connection.execute(
            QuotaQueries.usage,
            number,
            .int32(UsageDay.number(of: now))
        ).first
        return State(
            own: own,
            effective: own.over(standard),
            version: try row?.int64("version") ?? 0,
            use: [
                .ships: try count(QuotaQueries.ships), .series: try count(QuotaQueries.series),
                .ingestBytesPerDay: try usage?.int64("bytes_in") ?? 0,
                .storageBytes: try usage?.int64("storage_bytes") ?? 0,
                .artifactBytes: try count(QuotaQueries.artifacts),
            ]
        )
    }

    /// - Parameter version: the one that the caller has seen; `nil` for whichever it is.
    /// - Throws: `DomainError` `invalid` or `preconditionFailed`.
    package func set(
        _ quota: Quota,
        of tenant: TenantID,
        ifVersion version: Int64?,
        at now: Timestamp,
        for change: Change
    ) async throws -> State {
        try quota.check()
        let standard = standard
        return try await pool.transaction(tenant: tenant) { connection in
            let number = PostgresValue.int64(tenant.rawValue)
            let row = try connection.execute(QuotaQueries.lock, number).first
            let before = try row.map(QuotaDesk.quota) ?? .unlimited
            guard try version == nil || version == row?.int64("version") ?? 0 else {
                throw DomainError(.preconditionFailed, "the quotas were changed meanwhile")
            }
            let limits = Quota.Limit.allCases.map { limit in
                quota[limit].map { PostgresValue.int64($0) } ?? .null
            }
            _ = try connection.execute(
                QuotaQueries.put,
                values: [number] + limits + [.timestamp(now)]
            )
            try AuditTrail(tenant: tenant, change: change, now: now, connection: connection)
                .note("quota.update", "quotas", before: before.json, after: quota.json)
            let after = try connection.execute(QuotaQueries.find, number).first
            return try Self.state(after, tenant, standard, now, connection)
        }
    }
}
