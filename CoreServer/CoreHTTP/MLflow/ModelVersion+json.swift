import CoreRegistry

extension ModelVersion {
    /// MLflow's message.
    var json: JSONText {
        var members: [(key: String, value: JSONText)] = [
            ("name", .string(name)), ("version", .string("\(version)")),
            ("creation_timestamp", .integer(createdAt)),
            ("last_updated_timestamp", .integer(updatedAt)), ("user_id", .string(userName)),
            ("current_stage", .string(stage.word)), ("description", .string(description)),
            ("source", .string(source)), ("run_id", .string(runID)),
            ("status", .string(status.word)), ("run_link", .string(runLink)),
        ]
        if !statusMessage.isEmpty { members.append(("status_message", .string(statusMessage))) }
        if !tags.isEmpty { members.append(("tags", tags.json)) }
        if !aliases.isEmpty { members.append(("aliases", .array(aliases.map { .string($0) }))) }
        if !modelID.isEmpty { members.append(("model_id", .string(modelID))) }
        return .object(members)
    }
}
