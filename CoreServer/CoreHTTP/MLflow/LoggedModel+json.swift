import CoreRegistry

extension LoggedModel {
    /// MLflow's message.
    var json: JSONText {
        var info: [(key: String, value: JSONText)] = [
            ("model_id", .string(id)), ("experiment_id", .string(experimentID)),
            ("name", .string(name)), ("creation_timestamp_ms", .integer(createdAt)),
            ("last_updated_timestamp_ms", .integer(updatedAt)),
            ("artifact_uri", .string(artifactLocation)), ("status", .string(status.word)),
        ]
        for (name, text) in [
            ("model_type", modelType), ("source_run_id", sourceRunID),
            ("status_message", statusMessage),
        ] where !text.isEmpty {
            info.append((name, .string(text)))
        }
        if !tags.isEmpty { info.append(("tags", tags.json)) }
        var data: [(key: String, value: JSONText)] = []
        if !params.isEmpty { data.append(("params", params.json)) }
        if !metrics.isEmpty { data.append(("metrics", .array(metrics.map(\.json)))) }
        return .object([("info", .object(info)), ("data", .object(data))])
    }
}
