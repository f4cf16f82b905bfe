import CoreDomain
import Foundation
import Testing

/// A request to each of MLflow's calls that is right in every way, who may make it, and what it comes to
/// when another tenant's administrator makes it about the same things.
struct MLflowExample: Sendable {
    enum Abroad: Sendable {
        /// 404: for them there is no such thing.
        case missing
        /// It is done among their own things, and shows nothing of others'.
        case own
    }

    let needs: Permission
    /// What stands for `**` in the path.
    var rest = ""
    var query = ""
    var body: String?
    var abroad = Abroad.missing

    /// Makes the request to an endpoint about some things.
    static func ask(
        _ endpoint: MLflowEndpoint,
        _ things: inout MLflowThings,
        _ shore: Shore,
        token: String?
    ) async throws -> APIResponse {
        let example = try #require(all[endpoint.operation])
        let path = endpoint.path
            .replacingOccurrences(of: "**", with: example.rest)
            .replacingOccurrences(of: "{model}", with: "$logged")
            .replacingOccurrences(of: "{key}", with: "note")
        var body: String?
        if let template = example.body { body = try await things.prepared(template) }
        let isJSON = body != nil && endpoint.operation != "uploadArtifact"
        return try await shore.call(
            things.prepared(path + example.query),
            method: endpoint.method,
            token: token,
            headers: isJSON ? ["Content-Type: application/json"] : [],
            body: body
        )
    }

    static func reads(
        _ needs: Permission,
        _ query: String = "",
        rest: String = "",
        _ abroad: Abroad = .missing
    ) -> MLflowExample {
        MLflowExample(needs: needs, rest: rest, query: query, abroad: abroad)
    }

    static func asks(
        _ needs: Permission,
        _ body: String,
        rest: String = "",
        _ abroad: Abroad = .missing
    ) -> MLflowExample {
        MLflowExample(needs: needs, rest: rest, body: body, abroad: abroad)
    }

    /// By operation. One that has none here fails the test.
    static let all = experiments.merging(runs) { $1 }.merging(loggedModels) { $1 }
        .merging(models) { $1 }.merging(versions) { $1 }.merging(artifacts) { $1 }

    private static let experiments: [String: MLflowExample] = [
        "getServerInfo": reads(.experimentsRead, "", .own),
        "createExperiment": asks(.experimentsWrite, #"{"name": "$new"}"#, .own),
        "getExperiment": reads(.experimentsRead, "?experiment_id=$experiment"),
        "getExperimentByName": reads(.experimentsRead, "?experiment_name=$experimentName"),
        "searchExperiments": asks(.experimentsRead, #"{"max_results": 1000}"#, .own),
        "listExperiments": reads(.experimentsRead, "?max_results=1000", .own),
        "updateExperiment": asks(
            .experimentsWrite,
            #"{"experiment_id": "$experiment", "new_name": "$new"}"#
        ),
        "deleteExperiment": asks(.experimentsWrite, #"{"experiment_id": "$experiment"}"#),
        "restoreExperiment": asks(.experimentsWrite, #"{"experiment_id": "$deletedExperiment"}"#),
        "setExperimentTag": asks(
            .experimentsWrite,
            #"{"experiment_id": "$experiment", "key": "k", "value": "v"}"#
        ),
        "deleteExperimentTag": asks(
            .experimentsWrite,
            #"{"experiment_id": "$experiment", "key": "note"}"#
        ),
    ]

    private static let runs: [String: MLflowExample] = [
        "createRun": asks(.experimentsWrite, #"{"experiment_id": "$experiment"}"#),
        "getRun": reads(.experimentsRead, "?run_id=$run"),
        "updateRun": asks(.experimentsWrite, #"{"run_id": "$run", "status": "FINISHED"}"#),
        "deleteRun": asks(.experimentsWrite, #"{"run_id": "$run"}"#),
        "restoreRun": asks(.experimentsWrite, #"{"run_id": "$deletedRun"}"#),
        "searchRuns": asks(.experimentsRead, #"{"experiment_ids": ["$experiment"]}"#, .own),
        "logMetric": asks(
            .experimentsWrite,
            #"{"run_id": "$run", "key": "m", "value": 2, "timestamp": 2, "step": 1}"#
        ),
        "logParam": asks(.experimentsWrite, #"{"run_id": "$run", "key": "q", "value": "v"}"#),
        "setTag": asks(.experimentsWrite, #"{"run_id": "$run", "key": "k", "value": "v"}"#),
        "deleteTag": asks(.experimentsWrite, #"{"run_id": "$run", "key": "note"}"#),
        "logBatch": asks(
            .experimentsWrite,
            #"{"run_id": "$run", "tags": [{"key": "k", "value": "v"}]}"#
        ),
        "logModel": asks(
            .experimentsWrite,
            """
            {"run_id": "$run", "model_json": "{\\"run_id\\": \\"$run\\", \\"artifact_path\\": \\"a\\", \
            \\"utc_time_created\\": \\"2026-01-01 00:00:00\\", \\"flavors\\": {}}"}
            """
        ),
        "logInputs": asks(
            .experimentsWrite,
            """
            {"run_id": "$run", "datasets": [{"dataset": {"name": "d", "digest": "1",
             "source_type": "local", "source": "{}"}}]}
            """
        ),
        "logOutputs": asks(
            .experimentsWrite,
            #"{"run_id": "$run", "models": [{"model_id": "$logged", "step": 0}]}"#
        ),
        // Of a run that is not there MLflow tells no history.
        "getMetricHistory": reads(.experimentsRead, "?run_id=$run&metric_key=m", .own),
        "getSampledMetricHistory": reads(
            .experimentsRead,
            "?run_ids=$run&metric_key=m&max_results=10",
            .own
        ),
    ]

    private static let loggedModels: [String: MLflowExample] = [
        "createLoggedModel": asks(
            .experimentsWrite,
            #"{"experiment_id": "$experiment", "name": "l"}"#
        ),
        "getLoggedModel": reads(.experimentsRead),
        "finalizeLoggedModel": asks(.experimentsWrite, #"{"status": "LOGGED_MODEL_READY"}"#),
        "deleteLoggedModel": MLflowExample(needs: .experimentsWrite),
        "searchLoggedModels": asks(.experimentsRead, #"{"experiment_ids": ["$experiment"]}"#, .own),
        "setLoggedModelTags": asks(
            .experimentsWrite,
            #"{"tags": [{"key": "k", "value": "v"}]}"#
        ),
        "deleteLoggedModelTag": MLflowExample(needs: .experimentsWrite),
        "logLoggedModelParams": asks(
            .experimentsWrite,
            #"{"params": [{"key": "k", "value": "v"}]}"#
        ),
        "listLoggedModelArtifacts": reads(.experimentsRead),
    ]

    private static let models: [String: MLflowExample] = [
        "createRegisteredModel": asks(.modelsWrite, #"{"name": "$new"}"#, .own),
        "getRegisteredModel": reads(.modelsRead, "?name=$model"),
        "searchRegisteredModels": reads(.modelsRead, "?max_results=1000", .own),
        "updateRegisteredModel": asks(.modelsWrite, #"{"name": "$model", "description": "d"}"#),
        "renameRegisteredModel": asks(.modelsWrite, #"{"name": "$model", "new_name": "$new"}"#),
        "deleteRegisteredModel": asks(.modelsWrite, #"{"name": "$model"}"#),
        "getLatestVersions": reads(.modelsRead, "?name=$model"),
        "postLatestVersions": asks(.modelsRead, #"{"name": "$model"}"#),
        "setRegisteredModelTag": asks(
            .modelsWrite,
            #"{"name": "$model", "key": "k", "value": "v"}"#
        ),
        "deleteRegisteredModelTag": asks(.modelsWrite, #"{"name": "$model", "key": "note"}"#),
        "setModelAlias": asks(
            .modelsPromote,
            #"{"name": "$model", "alias": "next", "version": "1"}"#
        ),
        "deleteModelAlias": asks(.modelsPromote, #"{"name": "$model", "alias": "champion"}"#),
        "getVersionByAlias": reads(.modelsRead, "?name=$model&alias=champion"),
    ]

    private static let versions: [String: MLflowExample] = [
        "createModelVersion": asks(
            .modelsWrite,
            #"{"name": "$model", "source": "mlflow-artifacts:/$folder", "run_id": "$run"}"#
        ),
        "getModelVersion": reads(.modelsRead, "?name=$model&version=1"),
        "searchModelVersions": reads(.modelsRead, "?max_results=1000", .own),
        "getModelVersionDownloadURI": reads(.modelsRead, "?name=$model&version=1"),
        "updateModelVersion": asks(
            .modelsWrite,
            #"{"name": "$model", "version": "1", "description": "d"}"#
        ),
        "transitionModelVersion": asks(
            .modelsPromote,
            #"{"name": "$model", "version": "1", "stage": "Staging"}"#
        ),
        "deleteModelVersion": asks(.modelsWrite, #"{"name": "$model", "version": "1"}"#),
        "setModelVersionTag": asks(
            .modelsWrite,
            #"{"name": "$model", "version": "1", "key": "k", "value": "v"}"#
        ),
        "deleteModelVersionTag": asks(
            .modelsWrite,
            #"{"name": "$model", "version": "1", "key": "note"}"#
        ),
    ]

    private static let artifacts: [String: MLflowExample] = [
        "downloadArtifact": reads(.experimentsRead, rest: "$file"),
        "uploadArtifact": asks(.experimentsWrite, "bytes", rest: "$folder/$new", .own),
        // What is gone already may be deleted again.
        "deleteArtifact": MLflowExample(needs: .experimentsWrite, rest: "$loose", abroad: .own),
        "listArtifactFiles": reads(.experimentsRead, "?path=$folder", .own),
        "listArtifacts": reads(.experimentsRead, "?run_id=$run"),
        "createMultipartUpload": asks(
            .experimentsWrite,
            #"{"path": "$new", "num_parts": 1}"#,
            rest: "$folder",
            .own
        ),
        "completeMultipartUpload": asks(
            .experimentsWrite,
            """
            {"path": "large.bin", "upload_id": "$upload",
             "parts": [{"part_number": 1, "etag": "$etag"}]}
            """,
            rest: "$folder"
        ),
        "abortMultipartUpload": asks(
            .experimentsWrite,
            #"{"path": "large.bin", "upload_id": "$upload"}"#,
            rest: "$folder",
            .own
        ),
        "presignArtifact": reads(.experimentsRead, rest: "$file"),
    ]
}
