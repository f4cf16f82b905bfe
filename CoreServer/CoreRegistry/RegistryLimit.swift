import CorePostgres

/// How much one thing may have of what is read with it, always all of it: the database counts, see
/// `V0029_registry_limits.sql`.
enum RegistryLimit: String, CaseIterable {
    case experimentTags = "experiment_tags"
    case runTags = "run_tags"
    case runParams = "run_params"
    case runMetrics = "run_latest_metrics"
    case runDatasets = "run_datasets"
    case loggedModelTags = "logged_model_tags"
    case loggedModelParams = "logged_model_params"
    case registeredModelTags = "registered_model_tags"
    case modelVersionTags = "model_version_tags"

    /// nil for an error that is about something else.
    init?(_ error: any Error) {
        guard let constraint = (error as? PostgresError)?.constraint,
            constraint.hasSuffix("_limit")
        else { return nil }
        self.init(rawValue: String(constraint.dropLast("_limit".count)))
    }

    private static let bytes = 4 * 1024 * 1024

    /// What the caller is told.
    var refusal: RegistryError {
        switch self {
        case .experimentTags: Self.refusal("an experiment", 2000, "tags")
        case .runTags: Self.refusal("a run", 2000, "tags")
        case .runParams: Self.refusal("a run", 10_000, "parameters")
        case .runMetrics: .invalid("a run has metrics of at most 20000 names")
        case .runDatasets: .invalid("a run has at most 1000 datasets")
        case .loggedModelTags: Self.refusal("a logged model", 2000, "tags")
        case .loggedModelParams: Self.refusal("a logged model", 10_000, "parameters")
        case .registeredModelTags: Self.refusal("a registered model", 2000, "tags")
        case .modelVersionTags: Self.refusal("a model version", 2000, "tags")
        }
    }

    private static func refusal(_ thing: String, _ count: Int, _ what: String) -> RegistryError {
        .invalid("\(thing) has at most \(count) \(what), of \(bytes) bytes together")
    }
}

extension RegistryError {
    /// Where an error of the database is a limit of the registry's, in words; nil for others.
    package init?(limitOf error: any Error) {
        guard let limit = RegistryLimit(error) else { return nil }
        self = limit.refusal
    }
}
