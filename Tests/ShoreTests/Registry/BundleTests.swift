import CoreDomain
import FleetModel
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

    // MARK: Tars

    private func push(
        _ bundle: String,
        _ entries: [TarText.Entry],
        _ token: String,
        query: String = "",
        type: String = "application/x-tar"
    ) async throws -> APIResponse {
        try await shore.call(
            "/api/v1/bundles/\(bundle)/tar\(query)",
            method: "POST",
            token: token,
            headers: ["Content-Type: \(type)"],
            body: TarText.of(entries)
        )
    }

    private func uploads(_ tenant: Tenant) async throws -> [String] {
        try await shore.look(
            """
            SELECT path AS value FROM hawser.artifact_files
            WHERE tenant_id = \(tenant.id.rawValue) ORDER BY path
            """
        )
    }

    @Test func `a tar becomes a version, whole or not at all, YAML and JSON checked`() async throws
    {
        let tenant = try await shore.makeTenant("tars")
        let worker = try await shore.makeToken(tenant, role: .operator)
        let made = try await call(
            "/api/v1/bundles",
            "POST",
            #"""
            {"name": "agent of ships", "schema": {"type": "object", "required": ["rate"],
            "properties": {"rate": {"type": "integer", "minimum": 1}}}, "schema_files": "conf/*"}
            """#,
            worker
        )
        #expect(made.status == 201, "\(made.body)")
        let name = "agent%20of%20ships"
        let wrong = try await push(
            name,
            [
                .init("./", kind: "5"), .init("./conf/a.yaml", "rate: yes\n"),
                .init("./conf/b.json", #"{"rate": 0}"#),
                .init("./conf/c.yml", "rate: &a [1]\nb: *a"),
            ],
            worker
        )
        #expect(wrong.status == 422, "\(wrong.body)")
        for fault in ["conf/a.yaml: $.rate", "conf/b.json: $.rate is not", "conf/c.yml: no YAML"] {
            #expect(wrong.body.contains(fault), "\(fault): \(wrong.body)")
        }
        #expect(try await uploads(tenant).isEmpty, "it leaves nothing behind")
        let right = try await push(
            name,
            [
                .init("./conf/", kind: "5"), .init("./conf/a.yaml", "# slower\nrate: 5\n"),
                .init("./conf/b.json", #"{"rate": 1}"#), .init("./notes", "hello"),
            ],
            worker,
            query: "?description=slower%20polling"
        )
        #expect(right.status == 201, "\(right.body)")
        #expect(right.json["version"] as? Int == 1)
        let file = try await call(
            "/api/v1/bundles/\(name)/versions/1/file?path=conf%2Fa.yaml",
            "GET",
            nil,
            worker
        )
        #expect(file.body == "# slower\nrate: 5\n")
        let version = try await call("/api/v1/models/\(name)/versions/1", "GET", nil, worker)
        #expect(version.json["description"] as? String == "slower polling")
        #expect(try await uploads(tenant).count == 3)
    }

    @Test(arguments: [
        ([TarText.Entry("../escape", "x")], 400), ([.init("/etc/passwd", "x")], 400),
        ([.init("a/../../b", "x")], 400), ([.init("a/%2e%2e/b", "x")], 400),
        ([.init("a\\b", "x")], 400), ([.init("", "x")], 400), ([.init("a//b", "x")], 400),
        ([.init("good", "x"), .init("link", kind: "2", target: "/etc/passwd")], 400),
        ([.init("good", "x"), .init("hard", kind: "1", target: "good")], 400),
        ([.init("good", "x"), .init("dev", kind: "3")], 400),
        ([.init("twice", "x"), .init("./twice", "y")], 400),
        ([.init("a", "x"), .init("a/b", "y")], 400),
        ([.init("a/b", "x"), .init("a", "y")], 400),
        ([.init("good", "x"), .init("cut", "few", size: 90_000)], 400),
        ([.init("good", "x"), .init("huge", "few", size: 1 << 32)], 400), ([], 400),
    ])
    func `a hostile tar is refused, and leaves nothing behind`(
        entries: [TarText.Entry],
        status: Int
    ) async throws {
        let tenant = try await shore.makeTenant("t\(UInt64.random(in: 0 ... .max))")
        let worker = try await shore.makeToken(tenant, role: .operator)
        _ = try await call("/api/v1/bundles", "POST", #"{"name": "agent"}"#, worker)
        let answer = try await push("agent", entries, worker)
        #expect(answer.status == status, "\(answer.body)")
        #expect(answer.json["detail"] is String, "\(answer.body)")
        #expect(try await uploads(tenant).isEmpty)
        let versions = try await call("/api/v1/models/agent/versions", "GET", nil, worker)
        #expect((versions.json["items"] as? [Any])?.isEmpty == true)
    }

    @Test func `a tar for no bundle, of another type or by who may not is refused unread`()
        async throws
    {
        let tenant = try await shore.makeTenant("unread")
        let worker = try await shore.makeToken(tenant, role: .operator)
        let viewer = try await shore.makeToken(tenant, role: .viewer)
        _ = try await call("/api/v1/bundles", "POST", #"{"name": "agent"}"#, worker)
        let files = [TarText.Entry("a", "x")]
        #expect(try await push("none", files, worker).status == 404)
        #expect(try await push("agent", files, viewer).status == 403)
        #expect(try await push("agent", files, worker, type: "application/gzip").status == 415)
        #expect(try await uploads(tenant).isEmpty)
    }
}
