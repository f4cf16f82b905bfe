import CoreRegistry
import FleetRuntime

/// What data scientists' clients talk to: the registry behind MLflow's API.
package struct MLflowDesk: Sendable {
    let experiments: Experiments
    let runs: Runs
    let loggedModels: LoggedModels
    let models: RegisteredModels
    let versions: ModelVersions
    let gates: Gates
    let promotions: Promotions
    let artifacts: Artifacts
    let signer: ArtifactSigner
    let webhooks: Webhooks
    let bundles: Bundles
    let catalogue: ModelCatalogue

    package init(
        experiments: Experiments,
        runs: Runs,
        loggedModels: LoggedModels,
        models: RegisteredModels,
        versions: ModelVersions,
        gates: Gates,
        promotions: Promotions,
        artifacts: Artifacts,
        signer: ArtifactSigner,
        webhooks: Webhooks,
        bundles: Bundles,
        catalogue: ModelCatalogue
    ) {
        self.experiments = experiments
        self.runs = runs
        self.loggedModels = loggedModels
        self.models = models
        self.versions = versions
        self.gates = gates
        self.promotions = promotions
        self.artifacts = artifacts
        self.signer = signer
        self.webhooks = webhooks
        self.bundles = bundles
        self.catalogue = catalogue
    }

    func addEndpoints(_ clock: WallClock, to api: inout EndpointRouter) {
        ServerInfoRoutes().add(to: &api)
        ExperimentRoutes(experiments: experiments, clock: clock).add(to: &api)
        RunRoutes(runs: runs, clock: clock).add(to: &api)
        LoggedModelRoutes(models: loggedModels, clock: clock).add(to: &api)
        ModelRoutes(models: models, versions: versions, clock: clock).add(to: &api)
        ModelVersionRoutes(versions: versions, clock: clock).add(to: &api)
        CatalogueRoutes(catalogue: catalogue).add(to: &api)
        GateRoutes(gates: gates, clock: clock).add(to: &api)
        PromotionRoutes(promotions: promotions, versions: versions, clock: clock).add(to: &api)
        ArtifactRoutes(artifacts: artifacts).add(to: &api)
        WebhookRoutes(webhooks: webhooks, clock: clock).add(to: &api)
        BundleRoutes(bundles: bundles, artifacts: artifacts, clock: clock).add(to: &api)
        WebhookSettingRoutes(webhooks: webhooks, clock: clock).add(to: &api)
        SignedArtifactRoutes(artifacts: artifacts, signer: signer, clock: clock).add(to: &api)
    }
}
