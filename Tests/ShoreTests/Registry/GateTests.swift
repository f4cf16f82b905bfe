import CoreDomain
import FleetTestSupport
import Foundation
import Testing

/// Gates before aliases and stages, by all ways that lead to them.
@Suite(.shore, .timeLimit(.minutes(10)))
struct GateTests {
    private let shore: Shore

    init() throws {
        shore = try Shore.current()
    }

    /// Refused in MLflow's words, with these among them.
    private func expectRefused(
        _ answer: APIResponse,
        _ words: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(answer.status == 400, "\(answer.body)", sourceLocation: sourceLocation)
        #expect(
            answer.json["error_code"] as? String == "INVALID_PARAMETER_VALUE",
            sourceLocation: sourceLocation
        )
        let message = answer.json["message"] as? String ?? ""
        for word in words {
            #expect(message.contains(word), "\(message)", sourceLocation: sourceLocation)
        }
    }

    private func state(_ promotion: APIResponse) -> String {
        promotion.json["state"] as? String ?? "\(promotion.status): \(promotion.body)"
    }

    // MARK: Rules

    @Test func `MLflow's alias call is refused by a gate, and the alias stays where it was`()
        async throws
    {
        let model = try await GatedModel.make(shore, "refused")
        let (good, bad) = (
            try await model.version(["rmse": [0.2]]), try await model.version(["rmse": [0.9]])
        )
        #expect(try await model.setAlias("champion", good).status == 200)
        try await model.gate(
            "quality",
            before: "champion",
            #"{"metrics": [{"metric": "rmse", "comparison": "<=", "value": 0.3}]}"#
        )
        for token in [model.scientist, model.admin] {
            expectRefused(
                try await model.setAlias("champion", bad, as: token),
                "gate quality",
                "rmse <= 0.3",
                "0.9"
            )
        }
        #expect(try await model.version(under: "champion") == good)
        // Others are free, and so is what keeps to the rules.
        #expect(try await model.setAlias("challenger", bad).status == 200)
        let better = try await model.version(["rmse": [0.5, 0.1]])
        #expect(try await model.setAlias("champion", better).status == 200)
        #expect(try await model.moves("champion").map(\.to) == [good, better])
        #expect(state(try await model.promote(bad, to: "champion")) == "refused")
        #expect(try await model.version(under: "champion") == better)
    }

    @Test func `a version is compared with the one that is there now`() async throws {
        let model = try await GatedModel.make(shore, "compared")
        try await model.gate(
            "no-worse",
            before: "champion",
            #"{"metrics": [{"metric": "rmse", "comparison": "<", "ratio": 0.9}]}"#,
            model: "*"
        )
        let first = try await model.version(["rmse": [0.5]])
        #expect(try await model.setAlias("champion", first).status == 200, "there was none")
        // Better, but not by a tenth.
        let little = try await model.version(["rmse": [0.46]])
        expectRefused(try await model.setAlias("champion", little), "no-worse", "0.45")
        let much = try await model.version(["rmse": [0.4]])
        #expect(try await model.setAlias("champion", much).status == 200)
        // By now a tenth less than 0.4 is asked for.
        let late = try await model.version(["rmse": [0.44]])
        expectRefused(try await model.setAlias("champion", late), "0.36")
        expectRefused(
            try await model.setAlias("champion", model.version()),
            "inconclusive",
            "no run shows rmse"
        )
        let absurd = try await model.version(["rmse": [-1]])
        #expect(try await model.setAlias("champion", absurd).status == 200)
    }

    @Test func `one good value of few, or an old one, is no evidence`() async throws {
        let model = try await GatedModel.make(shore, "few")
        try await model.gate(
            "enough",
            before: "champion",
            """
            {"metrics": [{"metric": "acc", "comparison": ">", "value": 0.5, "points": 3}],
             "evidence_days": 7}
            """
        )
        let few = try await model.version(["acc": [0.9, 0.9]])
        expectRefused(try await model.setAlias("champion", few), "inconclusive", "2 of 3")
        let old = try await model.version(
            ["acc": [0.9, 0.9, 0.9]],
            at: Int64(Date().timeIntervalSince1970 * 1000) - 8 * 86_400_000
        )
        expectRefused(try await model.setAlias("champion", old), "inconclusive")
        let enough = try await model.version(["acc": [0.1, 0.9, 0.9]])
        #expect(try await model.setAlias("champion", enough).status == 200)
    }

    @Test func `shadow runs and drift are evidence that a request names`() async throws {
        let model = try await GatedModel.make(shore, "evidence")
        try await model.gate(
            "tried",
            before: "champion",
            """
            {"metrics": [
                {"metric": "agreement", "source": "shadow", "comparison": ">=", "value": 0.95},
                {"metric": "psi", "source": "drift", "comparison": "<", "value": 0.2}
            ]}
            """
        )
        // Its own run does not speak for it here.
        let version = try await model.version(["agreement": [1], "psi": [0]])
        expectRefused(try await model.setAlias("champion", version), "shadow", "drift")
        let shadow = try await model.run(["agreement": [0.97]])
        let poor = try await model.run(["agreement": [0.5]])
        let drift = try await model.run(["psi": [0.1]])
        for evidence in [
            [:], ["shadow": [shadow]], ["drift": [drift]], ["shadow": [drift], "drift": [shadow]],
            ["run": [shadow, drift]],
            // One bad of two is bad.
            ["shadow": [shadow, poor], "drift": [drift]],
        ] {
            let promotion = try await model.promote(version, to: "champion", evidence: evidence)
            #expect(state(promotion) == "refused", "\(evidence)")
        }
        #expect(try await model.version(under: "champion") == nil)
        let promotion = try await model.promote(
            version,
            to: "champion",
            evidence: ["shadow": [shadow], "drift": [drift]]
        )
        #expect(state(promotion) == "applied")
        #expect(try await model.version(under: "champion") == version)
        let moves = try await model.moves("champion")
        #expect(moves.map(\.promotion) == [promotion.json["id"] as? Int])
    }

    @Test func `another tenant's runs are no evidence`() async throws {
        let model = try await GatedModel.make(shore, "poor")
        let rich = try await GatedModel.make(shore, "rich")
        let rule =
            #"{"metrics": [{"metric": "a", "source": "shadow", "comparison": ">", "value": 0}]}"#
        try await model.gate("tried", before: "champion", rule)
        let version = try await model.version()
        let foreign = try await rich.run(["a": [1]])
        let promotion = try await model.promote(
            version,
            to: "champion",
            evidence: ["shadow": [foreign]]
        )
        #expect(state(promotion) == "refused")
        // Nor does a gate of one tenant stand before another's.
        #expect(try await rich.setAlias("champion", rich.version()).status == 200)
    }

    @Test func `tags and a signature can be asked for`() async throws {
        let model = try await GatedModel.make(shore, "tagged")
        try await model.gate(
            "reviewed",
            before: "champion",
            #"{"tags": [{"key": "review", "value": "done"}, {"key": "owner"}], "signed": true}"#
        )
        let tags = ["review": "done", "owner": "ada"]
        let elsewhere = try await model.version(tags: tags, isStored: false)
        expectRefused(try await model.setAlias("champion", elsewhere), "no signed manifest")
        for tags in [[:], ["review": "done"], ["review": "begun", "owner": "ada"]] {
            let version = try await model.version(tags: tags)
            expectRefused(try await model.setAlias("champion", version), "gate reviewed", "tag")
        }
        let version = try await model.version(tags: tags)
        #expect(try await model.setAlias("champion", version).status == 200)
    }

    // MARK: Approvals

    @Test func `somebody else than who asked approves, once`() async throws {
        let model = try await GatedModel.make(shore, "approved")
        try await model.gate("four-eyes", before: "champion", approvals: 1)
        let version = try await model.version()
        expectRefused(try await model.setAlias("champion", version, as: model.admin), "approval")

        let own = try await model.promote(version, to: "champion", as: model.admin)
        #expect(state(own) == "waiting")
        #expect(try await model.decide(own, "approval", as: model.admin).status == 403)
        #expect(try await model.decide(own, "rejection", as: model.admin).status == 403)
        #expect(try await model.decide(own, "approval", as: model.scientist).status == 403)
        #expect(try await model.decide(own, "withdrawal", as: model.scientist).status == 403)
        #expect(try await model.version(under: "champion") == nil)
        let approved = try await model.decide(own, "approval", as: model.other)
        #expect(state(approved) == "applied")
        #expect(try await model.version(under: "champion") == version)
        #expect(try await model.decide(own, "approval", as: model.other).status == 409)
        #expect(try await model.decide(own, "withdrawal", as: model.admin).status == 409)

        let next = try await model.version()
        let rejected = try await model.promote(next, to: "champion")
        #expect(state(try await model.decide(rejected, "rejection", as: model.admin)) == "rejected")
        #expect(try await model.decide(rejected, "approval", as: model.other).status == 409)
        let withdrawn = try await model.promote(next, to: "champion")
        let end = try await model.decide(withdrawn, "withdrawal", as: model.scientist)
        #expect(state(end) == "withdrawn")
        #expect(try await model.version(under: "champion") == version)
    }

    @Test func `each of two approvals is another's`() async throws {
        let model = try await GatedModel.make(shore, "twice")
        try await model.gate("six-eyes", before: "champion", approvals: 2)
        let promotion = try await model.promote(model.version(), to: "champion")
        #expect(state(try await model.decide(promotion, "approval", as: model.admin)) == "waiting")
        #expect(try await model.decide(promotion, "approval", as: model.admin).status == 409)
        #expect(try await model.version(under: "champion") == nil)
        #expect(state(try await model.decide(promotion, "approval", as: model.other)) == "applied")
        #expect(try await model.version(under: "champion") != nil)
    }

    @Test func `what waited is judged again when it is approved`() async throws {
        let model = try await GatedModel.make(shore, "again")
        try await model.gate(
            "better",
            before: "champion",
            #"{"metrics": [{"metric": "acc", "comparison": ">"}]}"#,
            approvals: 1
        )
        let first = try await model.promote(model.version(["acc": [0.5]]), to: "champion")
        #expect(state(try await model.decide(first, "approval", as: model.admin)) == "applied")
        let good = try await model.promote(model.version(["acc": [0.7]]), to: "champion")
        let best = try await model.version(["acc": [0.9]])
        let other = try await model.promote(best, to: "champion")
        #expect(state(good) == "waiting")
        #expect(state(try await model.decide(other, "approval", as: model.admin)) == "applied")
        #expect(state(try await model.decide(good, "approval", as: model.admin)) == "refused")
        #expect(try await model.version(under: "champion") == best)
    }

    // MARK: Ways around

    @Test func `what a gate guards is neither deleted nor renamed away`() async throws {
        let model = try await GatedModel.make(shore, "guarded")
        let version = try await model.version()
        #expect(try await model.setAlias("champion", version).status == 200)
        try await model.gate(
            "standing",
            before: "champion",
            #"{"tags": [{"key": "reviewed"}]}"#
        )
        let named: [String: any Sendable] = ["name": model.name]
        for (path, method, more) in [
            ("registered-models/alias", "DELETE", ["alias": "champion"]),
            ("model-versions/delete", "DELETE", ["version": "\(version)"]),
            ("registered-models/delete", "DELETE", [:]),
            ("registered-models/rename", "POST", ["new_name": "free"]),
        ] as [(String, String, [String: String])] {
            let answer = try await model.mlflow(
                path,
                method: method,
                named.merging(more) { $1 },
                as: model.admin
            )
            expectRefused(answer, "gate standing")
        }
        #expect(try await model.version(under: "champion") == version)
        // Another model's version does not come in by taking the name over.
        try await model.gate(
            "future",
            before: "champion",
            #"{"tags": [{"key": "reviewed"}]}"#,
            model: "payments"
        )
        try await model.make("scratch")
        let made = try await model.mlflow(
            "model-versions/create",
            ["name": "scratch", "source": "s3://elsewhere/x"]
        )
        #expect(made.status == 200)
        let rename: [String: any Sendable] = ["name": "scratch", "new_name": "payments"]
        let alias: [String: any Sendable] = [
            "name": "scratch", "alias": "champion", "version": "1",
        ]
        #expect(try await model.mlflow("registered-models/alias", alias).status == 200)
        expectRefused(try await model.mlflow("registered-models/rename", rename), "gate future")
        let taken = try await model.mlflow(
            "registered-models/alias",
            method: "DELETE",
            ["name": "scratch", "alias": "champion"]
        )
        #expect(taken.status == 200)
        #expect(try await model.mlflow("registered-models/rename", rename).status == 200)
    }

    @Test func `gates stand before stages too, however they are spelled`() async throws {
        let model = try await GatedModel.make(shore, "stages")
        try await model.gate(
            "production",
            before: "stage:production",
            #"{"metrics": [{"metric": "acc", "comparison": ">", "value": 0.5}]}"#,
            approvals: 1
        )
        let (bad, good) = (
            try await model.version(["acc": [0.4]]), try await model.version(["acc": [0.6]])
        )
        func move(_ version: Int, _ stage: String) async throws -> APIResponse {
            try await model.mlflow(
                "model-versions/transition-stage",
                ["name": model.name, "version": "\(version)", "stage": stage]
            )
        }
        #expect(try await move(bad, "Staging").status == 200)
        for stage in ["Production", "PRODUCTION"] {
            expectRefused(try await move(bad, stage), "gate production", "acc > 0.5")
            expectRefused(try await move(good, stage), "approval", "/api/v1/promotions")
        }
        let promotion = try await model.promote(good, to: "stage:Production")
        #expect(state(promotion) == "waiting")
        #expect(try await model.stage(of: good) == "None")
        #expect(state(try await model.decide(promotion, "approval", as: model.admin)) == "applied")
        #expect(try await model.stage(of: good) == "Production")
        let moves = try await model.moves("stage:Production")
        #expect(moves.map(\.to) == [good])
        #expect(moves.map(\.promotion) == [promotion.json["id"] as? Int])
        let deleted = try await model.mlflow(
            "model-versions/delete",
            method: "DELETE",
            ["name": model.name, "version": "\(good)"]
        )
        expectRefused(deleted, "gate production")
    }

    // MARK: At once

    @Test func `sixteen who move an alias at once leave a record without a gap`() async throws {
        let model = try await GatedModel.make(shore, "racing")
        try await model.gate(
            "open",
            before: "champion",
            #"{"metrics": [{"metric": "acc", "comparison": ">", "value": 0}]}"#
        )
        var versions: [Int] = []
        for _ in 0..<16 { versions.append(try await model.version(["acc": [1]])) }
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for (index, version) in versions.enumerated() {
                group.addTask {
                    index.isMultiple(of: 2)
                        ? try await model.setAlias("champion", version).status
                        : try await model.promote(version, to: "champion").status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(
            statuses.sorted() == Array(repeating: 200, count: 8) + Array(repeating: 201, count: 8)
        )
        let moves = try await model.moves("champion")
        #expect(moves.count == 16)
        #expect(moves.map(\.number) == Array(1...16))
        #expect(Set(moves.compactMap(\.to)) == Set(versions))
        #expect(ModelMoves.isChain(moves))
        #expect(try await model.version(under: "champion") == moves.last?.to)
        #expect(moves.count { $0.promotion != nil } == 8)
    }

    @Test func `of two who change a gate by the same version one is told so`() async throws {
        let model = try await GatedModel.make(shore, "edited")
        try await model.gate("edited", before: "champion")
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for approvals in 1...5 {
                group.addTask {
                    try await shore.call(
                        "/api/v1/gates/edited",
                        method: "PUT",
                        token: model.admin,
                        headers: ["Content-Type: application/json", "If-Match: \"1\""],
                        body:
                            #"{"model": "fraud", "target": "champion", "approvals": \#(approvals)}"#
                    ).status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.sorted() == [200, 412, 412, 412, 412])
    }
}
