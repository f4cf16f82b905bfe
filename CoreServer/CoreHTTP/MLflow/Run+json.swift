import CoreRegistry

extension Run {
    /// MLflow's message.
    var json: JSONText {
        var data: [(key: String, value: JSONText)] = []
        if !metrics.isEmpty { data.append(("metrics", .array(metrics.map(\.json)))) }
        if !params.isEmpty { data.append(("params", params.json)) }
        if !tags.isEmpty { data.append(("tags", tags.json)) }
        var inputs: [(key: String, value: JSONText)] = []
        if !datasets.isEmpty { inputs.append(("dataset_inputs", .array(datasets.map(\.json)))) }
        let read = models.filter { !$0.isOutput }
        if !read.isEmpty {
            inputs.append(
                ("model_inputs", .array(read.map { .object([("model_id", .string($0.id))]) }))
            )
        }
        var members: [(key: String, value: JSONText)] = [
            ("info", info), ("data", .object(data)), ("inputs", .object(inputs)),
        ]
        let made = models.filter(\.isOutput)
        if !made.isEmpty {
            let outputs = made.map {
                JSONText.object([("model_id", .string($0.id)), ("step", .integer($0.step))])
            }
            members.append(("outputs", .object([("model_outputs", .array(outputs))])))
        }
        return .object(members)
    }

    /// The part that `runs/update` answers.
    var info: JSONText {
        var members: [(key: String, value: JSONText)] = [
            ("run_id", .string(id)), ("run_uuid", .string(id)), ("run_name", .string(name)),
            ("experiment_id", .string(experimentID)), ("user_id", .string(userName)),
            ("status", .string(status.word)), ("start_time", .integer(startedAt)),
        ]
        if let endedAt { members.append(("end_time", .integer(endedAt))) }
        members.append(("artifact_uri", .string(artifactURI)))
        members.append(("lifecycle_stage", .string(isDeleted ? "deleted" : "active")))
        return .object(members)
    }
}

extension RunMetric {
    var json: JSONText {
        var members: [(key: String, value: JSONText)] = [
            ("key", .string(key)), ("value", .real(value)), ("timestamp", .integer(at)),
            ("step", .integer(step)),
        ]
        for (name, text) in [
            ("model_id", modelID), ("dataset_name", datasetName),
            ("dataset_digest", datasetDigest), ("run_id", runID),
        ] where !text.isEmpty {
            members.append((name, .string(text)))
        }
        return .object(members)
    }
}

extension RunDataset {
    var json: JSONText {
        var members: [(key: String, value: JSONText)] = [
            ("name", .string(name)), ("digest", .string(digest)),
            ("source_type", .string(sourceType)), ("source", .string(source)),
        ]
        if let schema { members.append(("schema", .string(schema))) }
        if let profile { members.append(("profile", .string(profile))) }
        var whole: [(key: String, value: JSONText)] = [("dataset", .object(members))]
        if !tags.isEmpty { whole.insert(("tags", tags.json), at: 0) }
        return .object(whole)
    }
}
