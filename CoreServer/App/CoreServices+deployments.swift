import CoreDeploy
import CoreDomain
import CorePostgres
import CoreRegistry
import CoreSync
import FleetRuntime
import Logging
import ServiceLifecycle

extension CoreServices {
    /// Who gives orders to ships: on the role of their door.
    func orders(
        bell: ShipBell,
        artifacts: Artifacts,
        policyServer: PolicyServerClient?
    ) -> OrderDesk {
        let pool = database.pool(.ingress)
        return OrderDesk(
            source: Release(
                pool: pool,
                keys: directiveKeys,
                supply: Deltas(pool: pool, artifacts: artifacts),
                clock: clock,
                policyServer: policyServer?.server
            ),
            bell: bell
        )
    }

    /// For people.
    var keysForOrders: DirectiveKeys { DirectiveKeys(pool: database.pool(.api)) }

    /// Hears of new orders for ships that are connected.
    func orderListener(bell: ShipBell, logger: Logger) -> BellListener {
        BellListener(
            notifications: PostgresListener(
                connectionString: database.listenerConnectionString,
                role: database.listenerRole,
                channel: Release.channel,
                logger: logger
            ),
            bell: bell
        )
    }

    /// Takes deployments on by themselves.
    ///
    /// - Parameter artifacts: of the scheduler.
    func deploymentSteps(
        artifacts: Artifacts,
        tenants: Tenants,
        jobs: Jobs,
        runner: JobRunner,
        logger: Logger
    ) -> any Service {
        let pool = database.pool(.scheduler)
        let deltas = Deltas(pool: pool, artifacts: artifacts)
        let clock = clock
        let steps = DeploymentSteps(pool: pool, clock: clock) { need in
            do {
                let isReady = try await deltas.isPrepared(
                    need.tree,
                    from: Array(need.bases),
                    of: need.tenant,
                    at: clock.now()
                )
                return isReady ? .ready : .building
            } catch let error as DomainError {
                return .impossible(error.message)
            }
        }
        return PeriodicService(name: "deployments", interval: .seconds(2), logger: logger) {
            try await steps.run(tenants: tenants, jobs: jobs, runner: runner)
        }
    }
}
