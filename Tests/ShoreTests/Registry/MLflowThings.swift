import Foundation
import Testing

/// A tenant's experiment, run, logged model, file, registered model and version, made by MLflow's own
/// calls; a template's `$words` stand for them.
struct MLflowThings: Sendable {
    /// Stands in all of them, and in no request about them.
    static let mark = "of-blue-alone"

    private let shore: Shore
    private let token: String
    private var values: [String: String] = [:]

    static func make(_ shore: Shore, token: String) async throws -> MLflowThings {
        var things = MLflowThings(shore: shore, token: token)
        try await things.make()
        return things
    }

    private init(shore: Shore, token: String) {
        self.shore = shore
        self.token = token
    }

    static func name() -> String { "n\(UInt64.random(in: 0 ... .max))" }

    private static let note = #"{"key": "note", "value": "\#(mark)"}"#

    private mutating func make() async throws {
        let experiment = Self.name()
        values["experimentName"] = experiment
        values["experiment"] = try await id(
            "experiments/create",
            #"{"name": "\#(experiment)", "tags": [\#(Self.note)]}"#,
            "experiment_id"
        )
        values["run"] = try await run()
        _ = try await post(
            "runs/log-batch",
            fill(
                """
                {"run_id": "$run", "params": [{"key": "p", "value": "\(Self.mark)"}],
                 "metrics": [{"key": "m", "value": 1.5, "timestamp": 1, "step": 0}]}
                """
            )
        )
        let logged = try await post(
            "logged-models",
            fill(
                """
                {"experiment_id": "$experiment", "name": "l", "source_run_id": "$run",
                 "tags": [\(Self.note)]}
                """
            )
        )
        let info = (logged["model"] as? [String: Any])?["info"] as? [String: Any]
        values["logged"] = try #require(info?["model_id"] as? String)
        values["folder"] = fill("$experiment/$run/artifacts/model")
        values["file"] = fill("$folder/weights.bin")
        // What versions consist of stays; this is no version's.
        values["loose"] = fill("$experiment/$run/artifacts/notes.txt")
        for file in ["$file", "$loose"] {
            let put = try await shore.call(
                fill("/api/2.0/mlflow-artifacts/artifacts/\(file)"),
                method: "PUT",
                token: token,
                body: Self.mark
            )
            try #require(put.status == 200, "\(put.body)")
        }
        let model = Self.name()
        values["model"] = model
        _ = try await post(
            "registered-models/create",
            #"{"name": "\#(model)", "description": "\#(Self.mark)", "tags": [\#(Self.note)]}"#
        )
        _ = try await post("model-versions/create", fill(Self.version))
        _ = try await post(
            "registered-models/alias",
            fill(#"{"name": "$model", "alias": "champion", "version": "1"}"#)
        )
    }

    static let version = """
        {"name": "$model", "source": "mlflow-artifacts:/$folder", "run_id": "$run",
         "description": "\(mark)", "tags": [\(note)]}
        """

    private func run() async throws -> String {
        let made = try await post(
            "runs/create",
            fill(#"{"experiment_id": "$experiment", "start_time": 1, "tags": [\#(Self.note)]}"#)
        )
        let info = (made["run"] as? [String: Any])?["info"] as? [String: Any]
        return try #require(info?["run_id"] as? String)
    }

    private func id(_ path: String, _ body: String, _ member: String) async throws -> String {
        try #require(try await post(path, body)[member] as? String)
    }

    private func post(_ path: String, _ body: String) async throws -> [String: Any] {
        let answer = try await shore.call(
            "/api/2.0/mlflow/\(path)",
            method: "POST",
            token: token,
            headers: ["Content-Type: application/json"],
            body: body
        )
        try #require(answer.status == 200, "\(path): \(answer.body)")
        return answer.json
    }

    /// The template with its words replaced; what only some need is made now.
    mutating func prepared(_ template: String) async throws -> String {
        if template.contains("$deletedExperiment"), values["deletedExperiment"] == nil {
            let name = Self.name()
            let made = try await id(
                "experiments/create",
                "{\"name\": \"\(name)\"}",
                "experiment_id"
            )
            values["deletedExperiment"] = made
            _ = try await post("experiments/delete", "{\"experiment_id\": \"\(made)\"}")
        }
        if template.contains("$deletedRun"), values["deletedRun"] == nil {
            let made = try await run()
            values["deletedRun"] = made
            _ = try await post("runs/delete", "{\"run_id\": \"\(made)\"}")
        }
        if template.contains("$upload"), values["upload"] == nil {
            let answer = try await shore.call(
                fill("/api/2.0/mlflow-artifacts/mpu/create/$folder"),
                method: "POST",
                token: token,
                headers: ["Content-Type: application/json"],
                body: #"{"path": "large.bin", "num_parts": 1}"#
            )
            values["upload"] = try #require(answer.json["upload_id"] as? String, "\(answer.body)")
            let parts = try #require(answer.json["credentials"] as? [[String: Any]])
            let url = try #require(parts.first?["url"] as? String)
            let path = try #require(url.range(of: "/api/2.0")).lowerBound
            let put = try await shore.call(String(url[path...]), method: "PUT", body: Self.mark)
            values["etag"] = try #require(put["etag"]).filter { $0 != "\"" }
        }
        return fill(template)
    }

    private func fill(_ template: String) -> String {
        // Longer words first: one may begin with another.
        values.keys.sorted { $0.count > $1.count }.reduce(template) { text, key in
            text.replacingOccurrences(of: "$\(key)", with: values[key] ?? "")
        }.replacingOccurrences(of: "$new", with: Self.name())
    }
}
