import CorePostgres

/// Every statement of the registry: a test prepares each against the migrated schema. Searches are not
/// among them, since their text is made for each.
package enum RegistryStatements {
    package static var all: [Statement] {
        ExperimentQueries.all + RunQueries.all + RunLogQueries.all + LoggedModelQueries.all
            + ModelQueries.all + ModelVersionQueries.all + GateQueries.all + PromotionQueries.all
            + ManifestQueries.all + ArtifactQueries.all
            + ArtifactUploadQueries.all + ArtifactUpkeepQueries.all + WebhookQueries.all
            + BundleQueries.all + ModelCatalogueQueries.all
    }
}
