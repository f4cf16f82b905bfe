import CorePostgres
import FleetModel

/// What tenants settled about labels.
package struct LabelPolicies: Sendable {
    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    package func policy(of tenant: TenantID) async throws -> LabelPolicy {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try Self.find(tenant, connection)
        }
    }

    package func put(
        _ policy: LabelPolicy,
        _ match: VersionMatch,
        _ act: Act
    ) async throws -> LabelPolicy {
        try policy.check()
        return try await pool.transaction(tenant: act.tenant) { connection in
            try Giving.begin(act, connection)
            let before = try Self.find(act.tenant, connection)
            try match.check(before)
            _ = try connection.execute(
                LabelPolicyQueries.put,
                .int64(act.tenant.rawValue),
                .optional(policy.allowed, PostgresValue.textArray),
                .textArray(policy.required),
                .int32(Int32(policy.labelLimit)),
                .int32(Int32(policy.valueLimit)),
                .timestamp(act.now)
            )
            let after = try Self.find(act.tenant, connection)
            try act.trail(connection).changed(before, to: after)
            return after
        }
    }

    /// Whether a ship may have these labels.
    static func check(
        _ labels: ShipLabels,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws {
        try find(tenant, connection).check(labels)
    }

    private static func find(
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> LabelPolicy {
        try connection.execute(LabelPolicyQueries.find, .int64(tenant.rawValue)).first
            .map(LabelPolicy.init) ?? .none
    }
}
