import CoreDomain
import CorePostgres
import CoreRegistry
import FleetRuntime
import Logging
import ServiceLifecycle

extension CoreServices {
    /// What delivers to webhooks, and looks after them.
    ///
    /// - Parameter pool: the scheduler's.
    func webhookServices(
        _ sender: WebhookSender,
        pool: PostgresPool,
        registry: MetricsRegistry,
        clock: WallClock,
        logger: Logger
    ) -> [any Service] {
        let vault = TenantVault(pool: pool, keys: keys)
        let metrics = WebhookMetrics(registry)
        let courier = WebhookCourier(
            pool: pool,
            vault: vault,
            sender: sender,
            clock: clock,
            metrics: metrics,
            logger: logger
        )
        let upkeep = WebhookUpkeep(
            pool: pool,
            vault: vault,
            tenants: Tenants(pool: pool, authorities: TenantAuthorities(pool: pool, keys: keys)),
            clock: clock,
            metrics: metrics
        )
        let caring = PeriodicService(
            name: "webhook-upkeep",
            interval: .seconds(60),
            logger: logger
        ) {
            try await upkeep.run()
        }
        return [courier, caring]
    }
}
