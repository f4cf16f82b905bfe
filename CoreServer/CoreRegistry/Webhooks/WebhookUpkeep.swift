import CoreDomain
import CorePostgres
import FleetModel
import FleetRuntime

/// Gives up what was never sent, forgets what is over, and brings secrets under tenants' newest keys.
package struct WebhookUpkeep: Sendable {
    private let pool: PostgresPool
    private let vault: TenantVault
    private let tenants: Tenants
    private let clock: WallClock
    private let metrics: WebhookMetrics
    private let limits: WebhookLimits

    package init(
        pool: PostgresPool,
        vault: TenantVault,
        tenants: Tenants,
        clock: WallClock,
        metrics: WebhookMetrics,
        limits: WebhookLimits = .standard
    ) {
        self.pool = pool
        self.vault = vault
        self.tenants = tenants
        self.clock = clock
        self.metrics = metrics
        self.limits = limits
    }

    package func run() async throws {
        for tenant in try await tenants.directory() { try await run(of: tenant) }
    }

    private func run(of tenant: TenantID) async throws {
        let (now, limits) = (clock.now(), limits)
        let givenUp = try await pool.transaction(tenant: tenant) { [vault] connection in
            try Self.reseal(tenant, vault, now, connection)
            try connection.execute(
                WebhookQueries.forget,
                .int64(tenant.rawValue),
                .timestamp(now - limits.shown)
            )
            return try connection.executeCount(
                WebhookQueries.giveUp,
                .int64(tenant.rawValue),
                .timestamp(now),
                .timestamp(now - limits.age)
            )
        }
        metrics.dead.increment(by: Double(givenUp))
    }

    private static func reseal(
        _ tenant: TenantID,
        _ vault: TenantVault,
        _ now: Timestamp,
        _ connection: PostgresConnection
    ) throws {
        let rows = try connection.execute(
            WebhookQueries.underOtherKeys,
            .int64(tenant.rawValue)
        )
        guard !rows.isEmpty else { return }
        let newest = try vault.newest(of: tenant, at: now, connection)
        for row in rows {
            let id = try row.text("webhook_id")
            let old = try vault.key(row.int64("key_number"), of: tenant, connection)
            let secret = try old.open(row.bytes("sealed_secret"), for: WebhookSecret.purpose(id))
            try connection.execute(
                WebhookQueries.setSecret,
                .int64(tenant.rawValue),
                .text(id),
                .bytes(try newest.seal(secret, for: WebhookSecret.purpose(id))),
                .int64(newest.number)
            )
        }
    }
}
