import CoreDomain
import Foundation
import Testing

/// A registered model of a tenant of its own, and the people who move its aliases.
struct GatedModel: Sendable {
    let shore: Shore
    let tenant: Tenant
    let name: String
    /// Trains models, and asks for promotions.
    let scientist: String
    /// Set gates and approve; two, since nobody approves their own request.
    let admin: String
    let other: String

    static func make(_ shore: Shore, _ tenant: String) async throws -> GatedModel {
        let tenant = try await shore.makeTenant(tenant)
        func token(_ name: String, _ role: Role) async throws -> String {
            try await shore.tokens.create(
                tenant: tenant.id,
                name: name,
                role: role,
                lasting: .seconds(3600),
                at: .now,
                for: .command("test")
            )
        }
        let model = GatedModel(
            shore: shore,
            tenant: tenant,
            name: "fraud",
            scientist: try await token("scientist", .operator),
            admin: try await token("first", .admin),
            other: try await token("second", .admin)
        )
        try await model.make(model.name)
        return model
    }

    /// The same by another server over the same database.
    func on(_ shore: Shore) -> GatedModel {
        GatedModel(
            shore: shore,
            tenant: tenant,
            name: name,
            scientist: scientist,
            admin: admin,
            other: other
        )
    }

    func make(_ name: String) async throws {
        let made = try await mlflow("registered-models/create", ["name": name])
        try #require(made.status == 200, "\(made.body)")
    }

    // MARK: MLflow's calls

    func mlflow(
        _ path: String,
        method: String = "POST",
        _ body: [String: any Sendable],
        as token: String? = nil
    ) async throws -> APIResponse {
        try await ask("/api/2.0/mlflow/\(path)", method, body, as: token ?? scientist)
    }

    func setAlias(
        _ alias: String,
        _ version: Int,
        as token: String? = nil
    ) async throws
        -> APIResponse
    {
        try await mlflow(
            "registered-models/alias",
            ["name": name, "alias": alias, "version": "\(version)"],
            as: token
        )
    }

    func version(under alias: String) async throws -> Int? {
        let found = try await shore.call(
            "/api/2.0/mlflow/registered-models/alias?name=\(name)&alias=\(alias)",
            token: scientist
        )
        let version = found.json["model_version"] as? [String: Any]
        return (version?["version"] as? String).flatMap { Int($0) }
    }

    func stage(of version: Int) async throws -> String? {
        let found = try await shore.call(
            "/api/2.0/mlflow/model-versions/get?name=\(name)&version=\(version)",
            token: scientist
        )
        return (found.json["model_version"] as? [String: Any])?["current_stage"] as? String
    }

    /// A run in which some numbers were logged, one after the other.
    func run(_ metrics: [String: [Double]] = [:], at moment: Int64? = nil) async throws -> String {
        let made = try await mlflow("runs/create", ["experiment_id": "0"])
        let info = (made.json["run"] as? [String: Any])?["info"] as? [String: Any]
        let run = try #require(info?["run_id"] as? String, "\(made.body)")
        let now = moment ?? Int64(Date().timeIntervalSince1970 * 1000)
        let values = metrics.flatMap { key, values in
            values.enumerated().map { step, value -> [String: any Sendable] in
                ["key": key, "value": value, "timestamp": now + Int64(step), "step": step]
            }
        }
        let logged = try await mlflow("runs/log-batch", ["run_id": run, "metrics": values])
        try #require(logged.status == 200, "\(logged.body)")
        return run
    }

    /// A version of a run with these numbers; its files are in the store, or are not.
    @discardableResult
    func version(
        _ metrics: [String: [Double]] = [:],
        at moment: Int64? = nil,
        tags: [String: String] = [:],
        isStored: Bool = true
    ) async throws -> Int {
        let run = try await run(metrics, at: moment)
        let folder = "0/\(run)/artifacts/model"
        if isStored {
            let put = try await shore.call(
                "/api/2.0/mlflow-artifacts/artifacts/\(folder)/weights",
                method: "PUT",
                token: scientist,
                body: "weights of \(run)"
            )
            try #require(put.status == 200, "\(put.body)")
        }
        let made = try await mlflow(
            "model-versions/create",
            [
                "name": name, "run_id": run,
                "source": isStored ? "mlflow-artifacts:/\(folder)" : "s3://elsewhere/\(run)",
                "tags": tags.map { ["key": $0.key, "value": $0.value] },
            ]
        )
        let version = made.json["model_version"] as? [String: Any]
        return try #require((version?["version"] as? String).flatMap { Int($0) }, "\(made.body)")
    }

    // MARK: Gates and promotions

    /// - Parameter rules: JSON.
    func gate(
        _ name: String,
        before target: String,
        _ rules: String = "{}",
        approvals: Int = 0,
        approvers: String = "others",
        model: String? = nil
    ) async throws {
        let made = try await ask(
            "/api/v1/gates",
            "POST",
            text: """
                {"name": "\(name)", "model": "\(model ?? self.name)", "target": "\(target)",
                 "rules": \(rules), "approvals": \(approvals),
                 "approvers": "\(approvers)"}
                """,
            as: admin
        )
        try #require(made.status == 201, "\(made.body)")
    }

    func promote(
        _ version: Int,
        to target: String,
        evidence: [String: [String]] = [:],
        as token: String? = nil
    ) async throws -> APIResponse {
        try await ask(
            "/api/v1/promotions",
            "POST",
            [
                "model": name, "version": version, "target": target, "evidence": evidence,
                "reason": "a test",
            ],
            as: token ?? scientist
        )
    }

    /// - Parameter verb: `approval`, `rejection` or `withdrawal`.
    func decide(
        _ promotion: APIResponse,
        _ verb: String,
        as token: String
    ) async throws
        -> APIResponse
    {
        let id = try #require(promotion.json["id"] as? Int, "\(promotion.body)")
        return try await ask("/api/v1/promotions/\(id)/\(verb)", "POST", [:], as: token)
    }

    /// The oldest first.
    func moves(_ target: String) async throws -> [ModelMoves.Move] {
        try await ModelMoves.all(of: name, target, shore, token: scientist)
    }

    private func ask(
        _ path: String,
        _ method: String,
        _ body: [String: any Sendable],
        as token: String
    ) async throws -> APIResponse {
        let text = String(
            decoding: try JSONSerialization.data(withJSONObject: body),
            as: UTF8.self
        )
        return try await ask(path, method, text: text, as: token)
    }

    private func ask(
        _ path: String,
        _ method: String,
        text: String,
        as token: String
    ) async throws -> APIResponse {
        try await shore.call(
            path,
            method: method,
            token: token,
            headers: ["Content-Type: application/json"],
            body: text
        )
    }
}
