/// What webhooks are told of.
package enum WebhookEvent: String, Codable, Sendable, CaseIterable {
    case modelCreated = "registered_model.created"
    case versionCreated = "model_version.created"
    case tagSet = "model_version_tag.set"
    case tagDeleted = "model_version_tag.deleted"
    /// An alias was put on a version, or moved to it.
    case aliasCreated = "model_version_alias.created"
    case aliasDeleted = "model_version_alias.deleted"
    // MLflow has no words for what follows; its clients are not shown them.
    case modelDeleted = "registered_model.deleted"
    case versionDeleted = "model_version.deleted"
    case stageSet = "model_version_stage.set"
    /// A gate refused a version, however it was to be moved.
    case gateFailed = "gate.failed"
    /// A request to promote needs approvals.
    case promotionWaiting = "promotion.waiting"
    /// It was applied, refused, rejected, withdrawn, or is past its time.
    case promotionDecided = "promotion.decided"

    /// MLflow's pair, in upper case as its protocol has it.
    package init?(entity: String, action: String) {
        self.init(rawValue: "\(entity.lowercased()).\(action.lowercased())")
    }

    package var entity: String { String(rawValue.prefix { $0 != "." }) }
    package var action: String { String(rawValue.drop { $0 != "." }.dropFirst()) }

    /// Whether MLflow's clients know it: they refuse to read a webhook that has others.
    package var isMLflow: Bool {
        switch self {
        case .modelCreated, .versionCreated, .tagSet, .tagDeleted, .aliasCreated, .aliasDeleted:
            true
        case .modelDeleted, .versionDeleted, .stageSet, .gateFailed, .promotionWaiting,
            .promotionDecided:
            false
        }
    }

    /// What it looks like, for trying a webhook.
    var example: [String: WebhookValue] {
        let name = WebhookValue.text("example_model")
        let version = WebhookValue.text("1")
        switch self {
        case .modelCreated:
            return [
                "name": name, "tags": .texts(["example_key": "example_value"]),
                "description": .text("An example registered model"),
            ]
        case .versionCreated:
            return [
                "name": name, "version": version, "source": .text("models:/123"),
                "run_id": .text("abcd1234abcd5678"),
                "tags": .texts(["example_key": "example_value"]),
                "description": .text("An example model version"),
            ]
        case .tagSet:
            return [
                "name": name, "version": version, "key": .text("example_key"),
                "value": .text("example_value"),
            ]
        case .tagDeleted: return ["name": name, "version": version, "key": .text("example_key")]
        case .aliasCreated:
            return ["name": name, "alias": .text("example_alias"), "version": version]
        case .aliasDeleted: return ["name": name, "alias": .text("example_alias")]
        case .modelDeleted: return ["name": name]
        case .versionDeleted: return ["name": name, "version": version, "aliases": .list([])]
        case .stageSet:
            return [
                "name": name, "version": version, "from_stage": .text("None"),
                "stage": .text("Staging"),
            ]
        case .gateFailed:
            return [
                "name": name, "version": version, "target": .text("champion"),
                "gates": .list(["example_gate"]), "promotion": .null,
                "objections": .text("rmse <= 0.3 (fail: 0.4)"),
            ]
        case .promotionWaiting, .promotionDecided:
            return [
                "promotion": .number(1), "name": name, "version": version,
                "target": .text("champion"), "requested_by": .text("ada"),
                "state": .text(self == .promotionWaiting ? "waiting" : "applied"),
            ]
        }
    }
}
