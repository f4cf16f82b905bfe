import CoreRegistry
import FleetRuntime

/// What data scientists' clients talk to: the registry behind MLflow's API.
package struct MLflowDesk: Sendable {
    let experiments: Experiments

    package init(experiments: Experiments) {
        self.experiments = experiments
    }

    func addEndpoints(_ clock: WallClock, to api: inout EndpointRouter) {
        ServerInfoRoutes().add(to: &api)
        ExperimentRoutes(experiments: experiments, clock: clock).add(to: &api)
    }
}
