import CoreDomain
import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// Every call by which a version could come under a guarded alias or into a guarded stage, or be taken
/// from there, without a word from the gate.
@Suite(.shore, .timeLimit(.minutes(10)))
struct SideDoorTests {
    private let shore: Shore

    init() throws { shore = try Shore.current() }

    /// A call, and what its refusal must speak of. `GOOD` is served, `OLD` was before it and still in the
    /// stage, `NEW` is a version that the gate refuses.
    private struct Door: Sendable {
        let name: String
        let method: String
        let path: String
        let body: String
        var words = "gate"
    }

    private static func mlflow(
        _ name: String,
        _ method: String,
        _ call: String,
        _ body: String,
        words: String = "gate"
    ) -> Door {
        Door(
            name: name,
            method: method,
            path: "/api/2.0/mlflow/\(call)",
            body: body,
            words: words
        )
    }

    private static func stage(_ version: String, _ stage: String, archives: Bool) -> String {
        """
        {"name": "fraud", "version": "\(version)", "stage": "\(stage)",
         "archive_existing_versions": \(archives)}
        """
    }

    private static let doors: [Door] = [
        mlflow(
            "set the alias",
            "POST",
            "registered-models/alias",
            #"{"name": "fraud", "alias": "champion", "version": "NEW"}"#
        ),
        mlflow(
            "set it back to one that was there before",
            "POST",
            "registered-models/alias",
            #"{"name": "fraud", "alias": "champion", "version": "OLD"}"#
        ),
        mlflow(
            "delete the alias",
            "DELETE",
            "registered-models/alias",
            #"{"name": "fraud", "alias": "champion"}"#
        ),
        mlflow(
            "enter the stage",
            "POST",
            "model-versions/transition-stage",
            stage("NEW", "Production", archives: false)
        ),
        mlflow(
            "enter the stage and archive what is there",
            "POST",
            "model-versions/transition-stage",
            stage("NEW", "production", archives: true)
        ),
        mlflow(
            "have an older one of the stage archive the newer",
            "POST",
            "model-versions/transition-stage",
            stage("OLD", "Production", archives: true)
        ),
        mlflow(
            "leave it for the archive",
            "POST",
            "model-versions/transition-stage",
            stage("GOOD", "Archived", archives: false)
        ),
        mlflow(
            "leave it for nothing",
            "POST",
            "model-versions/transition-stage",
            stage("GOOD", "None", archives: false)
        ),
        mlflow(
            "leave it for a stage without a gate",
            "POST",
            "model-versions/transition-stage",
            stage("GOOD", "Staging", archives: true)
        ),
        Door(
            name: "leave it by a promotion to a stage without a gate",
            method: "POST",
            path: "/api/v1/promotions",
            body: #"{"model": "fraud", "version": GOOD, "target": "stage:Staging"}"#
        ),
        mlflow(
            "delete the version",
            "DELETE",
            "model-versions/delete",
            #"{"name": "fraud", "version": "GOOD"}"#
        ),
        mlflow(
            "delete the model",
            "DELETE",
            "registered-models/delete",
            #"{"name": "fraud"}"#
        ),
        mlflow(
            "rename the model",
            "POST",
            "registered-models/rename",
            #"{"name": "fraud", "new_name": "elsewhere"}"#
        ),
        mlflow(
            "make another of its name",
            "POST",
            "registered-models/create",
            #"{"name": "fraud"}"#,
            words: "already exists"
        ),
        mlflow(
            "give another its name",
            "POST",
            "registered-models/rename",
            #"{"name": "scratch", "new_name": "fraud"}"#
        ),
    ]

    private func place(_ model: GatedModel) async throws -> [String] {
        let stages = try await shore.look(
            """
            SELECT v.version || ' ' || v.stage AS value FROM hawser.model_versions AS v
            JOIN hawser.registered_models AS m USING (tenant_id, registered_model_id)
            WHERE v.tenant_id = \(model.tenant.id.rawValue) AND m.name = 'fraud'
            ORDER BY v.version
            """
        )
        let aliases = try await shore.look(
            """
            SELECT a.alias || ' ' || a.version AS value FROM hawser.model_aliases AS a
            JOIN hawser.registered_models AS m USING (tenant_id, registered_model_id)
            WHERE a.tenant_id = \(model.tenant.id.rawValue) AND m.name = 'fraud'
            """
        )
        return stages + aliases
    }

    @Test(arguments: ["fraud", "*"])
    func `no call brings a version past a gate, or takes away what it guards`(
        gated: String
    )
        async throws
    {
        let tenant = gated == "*" ? "doors-all" : "doors-one"
        let model = try await GatedModel.make(shore, tenant)
        try await model.make("scratch")
        let foreign: [String: any Sendable] = ["name": "scratch", "source": "s3://elsewhere/x"]
        #expect(try await model.mlflow("model-versions/create", foreign).status == 200)
        let alias: [String: any Sendable] = [
            "name": "scratch", "alias": "champion", "version": "1",
        ]
        #expect(try await model.mlflow("registered-models/alias", alias).status == 200)
        var versions: [String: Int] = [:]
        for name in ["OLD", "GOOD"] {
            let version = try await model.version()
            versions[name] = version
            #expect(try await model.setAlias("champion", version).status == 200)
            let entered = try await model.mlflow(
                "model-versions/transition-stage",
                ["name": "fraud", "version": "\(version)", "stage": "Production"]
            )
            #expect(entered.status == 200)
        }
        versions["NEW"] = try await model.version()
        // What nobody alone can pass: it wants approval, and a tag that no version has.
        for (name, target) in [("alias", "champion"), ("stage", "stage:Production")] {
            try await model.gate(
                "guard-\(name)",
                before: target,
                #"{"tags": [{"key": "reviewed"}]}"#,
                approvals: 1,
                model: gated
            )
        }
        let before = try await place(model)
        #expect(before.count == 4)
        for door in Self.doors {
            var body = door.body
            for (name, version) in versions {
                body = body.replacingOccurrences(of: name, with: "\(version)")
            }
            for token in [model.scientist, model.admin] {
                let answer = try await shore.call(
                    door.path,
                    method: door.method,
                    token: token,
                    headers: ["Content-Type: application/json"],
                    body: body
                )
                #expect(answer.status == 400, "\(door.name): \(answer.status) \(answer.body)")
                if door.path.contains("mlflow") {
                    let code = answer.json["error_code"] as? String
                    #expect(
                        code == "INVALID_PARAMETER_VALUE" || code == "RESOURCE_ALREADY_EXISTS",
                        "\(door.name): \(answer.body)"
                    )
                }
                #expect(answer.body.contains(door.words), "\(door.name): \(answer.body)")
                #expect(try await place(model) == before, "\(door.name)")
            }
        }
    }

    @Test func `what was superseded in a guarded stage may leave it`() async throws {
        let model = try await GatedModel.make(shore, "superseded")
        let (old, new) = (try await model.version(), try await model.version())
        func move(_ version: Int, _ stage: String, archives: Bool = false) async throws -> Int {
            try await model.mlflow(
                "model-versions/transition-stage",
                [
                    "name": "fraud", "version": "\(version)", "stage": stage,
                    "archive_existing_versions": archives,
                ]
            ).status
        }
        #expect(try await move(old, "Production") == 200)
        #expect(try await move(new, "Production") == 200)
        try await model.gate("guard", before: "stage:Production", approvals: 1)
        #expect(try await move(new, "Archived") == 400)
        #expect(try await move(old, "Archived") == 200)
        #expect(try await move(new, "Archived") == 400)
        // A promotion brings another, and what was served is archived: also where it is the newer.
        let promotion = try await model.promote(old, to: "stage:Production")
        let applied = try await model.decide(promotion, "approval", as: model.admin)
        #expect(applied.json["state"] as? String == "applied", "\(applied.body)")
        #expect(try await model.stage(of: old) == "Production")
        #expect(try await model.stage(of: new) == "Archived")
        let moves = try await model.moves("stage:Production")
        #expect(moves.map(\.to) == [old, new, nil, old])
        #expect(moves.map(\.from) == [nil, old, old, new])
    }

    @Test func `one that enters a stage beside a newer one is not what is served from it`()
        async throws
    {
        let model = try await GatedModel.make(shore, "beside")
        let (old, new) = (try await model.version(), try await model.version())
        for (version, archives) in [(new, false), (old, false), (old, true)] {
            let moved = try await model.mlflow(
                "model-versions/transition-stage",
                [
                    "name": "fraud", "version": "\(version)", "stage": "Production",
                    "archive_existing_versions": archives,
                ]
            )
            #expect(moved.status == 200, "\(moved.body)")
        }
        let moves = try await model.moves("stage:Production")
        #expect(moves.map(\.to) == [new, old, old])
        #expect(moves.map(\.from) == [nil, nil, new])
        #expect(try await model.stage(of: new) == "Archived")
    }
}
