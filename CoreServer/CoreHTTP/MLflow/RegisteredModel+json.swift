import CoreRegistry

extension RegisteredModel {
    /// MLflow's message.
    var json: JSONText {
        var members: [(key: String, value: JSONText)] = [
            ("name", .string(name)), ("creation_timestamp", .integer(createdAt)),
            ("last_updated_timestamp", .integer(updatedAt)),
        ]
        if !description.isEmpty { members.append(("description", .string(description))) }
        if !latest.isEmpty { members.append(("latest_versions", .array(latest.map(\.json)))) }
        if !tags.isEmpty { members.append(("tags", tags.json)) }
        if !aliases.isEmpty {
            let list = aliases.map {
                JSONText.object([
                    ("alias", .string($0.name)), ("version", .string("\($0.version)")),
                ])
            }
            members.append(("aliases", .array(list)))
        }
        return .object(members)
    }
}
