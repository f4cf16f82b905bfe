import CoreRegistry

extension Experiment {
    /// MLflow's message.
    var json: JSONText {
        var members: [(key: String, value: JSONText)] = [
            ("experiment_id", .string(id)), ("name", .string(name)),
            ("artifact_location", .string(artifactLocation)),
            ("lifecycle_stage", .string(isDeleted ? "deleted" : "active")),
            ("last_update_time", .integer(updatedAt)), ("creation_time", .integer(createdAt)),
        ]
        if !tags.isEmpty { members.append(("tags", tags.json)) }
        return .object(members)
    }
}

extension [RegistryTag] {
    var json: JSONText {
        .array(map { .object([("key", .string($0.key)), ("value", .string($0.value))]) })
    }
}

extension RegistryPage {
    /// MLflow's message of a page: a list that is empty, and a token where nothing follows, are left
    /// out.
    func json(_ name: String, _ item: (Item) -> JSONText) -> JSONText {
        var members: [(key: String, value: JSONText)] = []
        if !items.isEmpty { members.append((name, .array(items.map(item)))) }
        if let next { members.append(("next_page_token", .string(next))) }
        return .object(members)
    }
}
