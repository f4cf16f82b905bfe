import CoreDomain
import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// What of MLflow's calls stands in the audit: what is done to experiments and models does, what runs
/// log by the thousand does not.
@Suite(.shore, .timeLimit(.minutes(10)))
struct MLflowAuditTests {
    private let shore: Shore

    init() throws {
        shore = try Shore.current()
    }

    private static let audited = [
        "createExperiment": "experiment.create", "updateExperiment": "experiment.rename",
        "deleteExperiment": "experiment.delete", "restoreExperiment": "experiment.restore",
        "deleteRun": "run.delete", "restoreRun": "run.restore",
        "deleteLoggedModel": "logged_model.delete", "createRegisteredModel": "model.create",
        "updateRegisteredModel": "model.update", "renameRegisteredModel": "model.rename",
        "deleteRegisteredModel": "model.delete", "setRegisteredModelTag": "model.tag",
        "deleteRegisteredModelTag": "model.untag", "setModelAlias": "alias.set",
        "deleteModelAlias": "alias.delete", "createModelVersion": "version.create",
        "updateModelVersion": "version.update", "transitionModelVersion": "version.stage",
        "deleteModelVersion": "version.delete", "setModelVersionTag": "version.tag",
        "deleteModelVersionTag": "version.untag", "createMLflowWebhook": "webhook.create",
        "updateMLflowWebhook": "webhook.update", "deleteMLflowWebhook": "webhook.delete",
    ]

    /// By intent, each for its reason.
    private static let silent = [
        "searchExperiments": "it reads", "searchRuns": "it reads", "searchLoggedModels": "it reads",
        "testMLflowWebhook": "it changes nothing", "postLatestVersions": "it reads",
        "setExperimentTag": "a note that decides nothing",
        "deleteExperimentTag": "a note that decides nothing", "createRun": "what runs log",
        "updateRun": "what runs log", "logMetric": "what runs log", "logParam": "what runs log",
        "setTag": "what runs log", "deleteTag": "what runs log", "logBatch": "what runs log",
        "logModel": "what runs log", "logInputs": "what runs log", "logOutputs": "what runs log",
        "createLoggedModel": "what runs log", "finalizeLoggedModel": "what runs log",
        "setLoggedModelTags": "what runs log", "deleteLoggedModelTag": "what runs log",
        "logLoggedModelParams": "what runs log", "uploadArtifact": "what runs log",
        "deleteArtifact": "of what runs logged: what versions consist of stays",
        "createMultipartUpload": "what runs log", "completeMultipartUpload": "what runs log",
        "abortMultipartUpload": "what runs log", "uploadArtifactPart": "what runs log",
    ]

    @Test func `each of MLflow's calls is in the audit once, or for a reason not at all`()
        async throws
    {
        let tenant = try await shore.makeTenant("audited")
        let token = try await shore.makeToken(tenant, role: .admin)
        let changes = try await MLflowEndpoint.all(shore).filter { $0.method != "GET" }
        let known = Set(Self.audited.keys).union(Self.silent.keys)
        #expect(known == Set(changes.map(\.operation)))
        for endpoint in changes where endpoint.permission != nil {
            var things = try await MLflowThings.make(shore, token: token)
            let answer = try await MLflowExample.ask(endpoint, &things, shore, token: token)
            #expect(answer.status == 200, "\(endpoint.operation): \(answer.body)")
            let request = try #require(answer["x-request-id"])
            let found = try await entries(request)
            let wanted = Self.audited[endpoint.operation].map { [$0] } ?? []
            #expect(found.map(\.action) == wanted, "\(endpoint.operation): \(found)")
            #expect(found.allSatisfy { $0.actor.contains(":test.admin:token:") }, "\(found)")
        }
    }

    @Test func `a call that is refused is not in the audit`() async throws {
        let tenant = try await shore.makeTenant("refusing")
        let admin = try await shore.makeToken(tenant, role: .admin)
        let viewer = try await shore.makeToken(tenant)
        var things = try await MLflowThings.make(shore, token: admin)
        for endpoint in try await MLflowEndpoint.all(shore)
        where Self.audited[endpoint.operation] != nil {
            let answer = try await MLflowExample.ask(endpoint, &things, shore, token: viewer)
            #expect(answer.status == 403, "\(endpoint.operation): \(answer.body)")
            let found = try await entries(try #require(answer["x-request-id"]))
            #expect(found.isEmpty, "\(endpoint.operation): \(found)")
        }
    }

    private func entries(_ request: String) async throws -> [(action: String, actor: String)] {
        try #require(request.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" })
        return try await shore.look(
            """
            SELECT action || ' ' || actor AS value FROM hawser.audit_entries
            WHERE request_id = '\(request)' ORDER BY sequence
            """
        ).map { line in
            let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
            return (parts[0], parts[1])
        }
    }
}
