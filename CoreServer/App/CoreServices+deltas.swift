import CoreDeploy
import CoreDomain
import CorePostgres
import CoreRegistry
import FleetRuntime
import Logging
import ServiceLifecycle

extension CoreServices {
    /// Makes the deltas that deployments wait for.
    ///
    /// - Parameter data: the server's directory; while one is made, its files are in `deltas` there.
    func deltaFactory(
        data: String,
        artifacts: Artifacts,
        tenants: Tenants,
        jobs: Jobs,
        runner: JobRunner,
        registry: MetricsRegistry,
        logger: Logger
    ) throws -> any Service {
        let factory = try DeltaFactory(
            pool: database.pool(.scheduler),
            artifacts: artifacts,
            folder: data + "/deltas",
            tenants: tenants,
            jobs: jobs,
            runner: runner,
            clock: clock,
            metrics: DeltaMetrics(registry)
        )
        return PeriodicService(name: "deltas", interval: .seconds(5), logger: logger) {
            try await factory.run()
        }
    }
}
