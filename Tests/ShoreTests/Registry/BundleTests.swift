import CoreDomain
import FleetTestSupport
import Foundation
import Testing

/// Trees of files that are versioned like models.
@Suite(.shore, .timeLimit(.minutes(10)))
struct BundleTests {
    private let shore: Shore

    init() throws { shore = try Shore.current() }

    private func call(
        _ path: String,
        _ method: String = "GET",
        _ body: String? = nil,
        _ token: String,
        _ headers: [String] = []
    ) async throws -> APIResponse {
        try await shore.call(
            path,
            method: method,
            token: token,
            headers: ["Content-Type: application/json"] + headers,
            body: body
        )
    }

    private func upload(_ path: String, _ body: String, _ token: String) async throws -> Int {
        try await shore.call(
            "/api/2.0/mlflow-artifacts/artifacts/\(path)",
            method: "PUT",
            token: token,
            body: body
        ).status
    }

    @Test func `a bundle's versions are checked, signed, served, gated, and never change`()
        async throws
    {
        let tenant = try await shore.makeTenant("bundles")
        let admin = try await shore.makeToken(tenant, role: .admin)
        let made = try await call(
            "/api/v1/bundles",
            "POST",
            #"""
            {"name": "agent", "description": "what ships run with", "schema":
            {"type": "object", "required": ["rate"], "additionalProperties": false,
            "properties": {"rate": {"type": "integer", "minimum": 1}}},
            "schema_files": "*.json"}
            """#,
            admin
        )
        #expect(made.status == 201, "\(made.body)")
        #expect(try await upload("bundles/one/conf/a.json", #"{"rate": 0}"#, admin) == 200)
        #expect(try await upload("bundles/one/notes.txt", "hello", admin) == 200)
        let versions = "/api/v1/bundles/agent/versions"
        let source = #"{"source": "mlflow-artifacts:/bundles/one"}"#
        let wrong = try await call(versions, "POST", source, admin)
        #expect(wrong.status == 422, "\(wrong.body)")
        #expect(wrong.body.contains("conf/a.json: $.rate is not at least 1"), "\(wrong.body)")
        #expect(try await upload("bundles/one/conf/a.json", #"{"rate": 5}"#, admin) == 200)
        let right = try await call(versions, "POST", source, admin)
        #expect(right.status == 201, "\(right.body)")
        #expect(right.json["version"] as? Int == 1)

        // From now on they are that version's.
        #expect(try await upload("bundles/one/conf/a.json", #"{"rate": 6}"#, admin) == 409)
        let manifest = try await call("/api/v1/models/agent/versions/1/manifest", "GET", nil, admin)
        #expect((manifest.json["manifest"] as? String)?.contains("conf/a.json") == true)
        #expect(manifest.json["signature"] is String)
        let file = "\(versions)/1/file?path=conf%2Fa.json"
        let whole = try await call(file, "GET", nil, admin)
        #expect(whole.body == #"{"rate": 5}"#)
        let part = try await call(file, "GET", nil, admin, ["Range: bytes=1-6"])
        #expect(part.status == 206 && part.body == #""rate""#)
        #expect(try await call("\(versions)/1/file?path=no", "GET", nil, admin).status == 404)

        // There is no way around the check, and the gate before an alias is the models' own.
        let around = try await call(
            "/api/2.0/mlflow/model-versions/create",
            "POST",
            #"{"name": "agent", "source": "s3://elsewhere/agent"}"#,
            admin
        )
        #expect(around.status == 400 && around.body.contains("is a bundle"), "\(around.body)")
        let gate = try await call(
            "/api/v1/gates",
            "POST",
            #"{"name": "two-eyes", "model": "agent", "target": "live", "approvals": 1}"#,
            admin
        )
        #expect(gate.status == 201, "\(gate.body)")
        let alias = try await call(
            "/api/2.0/mlflow/registered-models/alias",
            "POST",
            #"{"name": "agent", "alias": "live", "version": "1"}"#,
            admin
        )
        #expect(alias.status == 400 && alias.body.contains("two-eyes"), "\(alias.body)")
    }

    @Test func `a schema is changed by who may change gates, and others' bundles are not there`()
        async throws
    {
        let tenant = try await shore.makeTenant("schemas")
        let stranger = try await shore.makeToken(try await shore.makeTenant("others"), role: .admin)
        let admin = try await shore.makeToken(tenant, role: .admin)
        let worker = try await shore.makeToken(tenant, role: .operator)
        let made = try await call("/api/v1/bundles", "POST", #"{"name": "agent"}"#, worker)
        #expect(made.status == 201, "\(made.body)")
        let change = #"{"schema": {"type": "object"}}"#
        let match = ["If-Match: \"1\""]
        let refused = try await call("/api/v1/bundles/agent", "PATCH", change, worker, match)
        #expect(refused.status == 403)
        let changed = try await call("/api/v1/bundles/agent", "PATCH", change, admin, match)
        #expect(changed.status == 200, "\(changed.body)")
        #expect(changed.json["version"] as? Int == 2)
        let unknown = try await call(
            "/api/v1/bundles",
            "POST",
            #"{"name": "b", "schema": {"format": "date"}}"#,
            worker
        )
        #expect(unknown.status == 400 && unknown.body.contains("#/format"), "\(unknown.body)")
        #expect(try await call("/api/v1/bundles/agent", "GET", nil, stranger).status == 404)
        let empty = try await call(
            "/api/v1/bundles/agent/versions",
            "POST",
            #"{"source": "mlflow-artifacts:/bundles/none"}"#,
            worker
        )
        #expect(empty.status == 404, "\(empty.body)")
    }
}
