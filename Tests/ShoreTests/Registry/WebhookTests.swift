import CoreDomain
import FleetTestSupport
import Foundation
import Glibc
import Testing

/// Webhooks from a real server to a real receiver over HTTPS.
@Suite(.timeLimit(.minutes(10)))
struct WebhookTests {
    private static let secret = "correct horse battery staple"

    /// A tenant's administrator, who speaks to a server on a port.
    private struct Registrar {
        let shore: Shore
        let token: String
        var port: Int?

        func call(
            _ path: String,
            _ method: String = "POST",
            _ body: String = "",
            match: String? = nil
        ) async throws -> APIResponse {
            var headers = ["Content-Type: application/json", "Authorization: Bearer \(token)"]
            if let match { headers.append("If-Match: \(match)") }
            let call = APICall(
                method: method,
                path: path,
                headers: headers,
                body: body.isEmpty ? nil : body
            )
            return try await call.answer(port: port ?? shore.apiPort, data: shore.data)
        }

        func mlflow(
            _ path: String,
            _ method: String = "POST",
            _ body: String = ""
        ) async throws -> APIResponse {
            try await call("/api/2.0/mlflow/\(path)", method, body)
        }

        func must(_ path: String, _ method: String = "POST", _ body: String) async throws {
            let answer = try await mlflow(path, method, body)
            #expect(answer.status == 200, "\(path): \(answer.body)")
        }

        /// - Returns: its id.
        func hook(
            _ url: String,
            events: [String] = ["registered_model.created"],
            secret: String? = nil
        ) async throws -> String {
            let words = events.map { "\"\($0)\"" }.joined(separator: ",")
            let sealed = secret.map { ",\"secret\":\"\($0)\"" } ?? ""
            let answer = try await call(
                "/api/v1/webhooks",
                "POST",
                "{\"name\":\"hook\",\"url\":\"\(url)\",\"events\":[\(words)]\(sealed)}"
            )
            #expect(answer.status == 201, "\(answer.body)")
            return try #require(answer.json["id"] as? String)
        }

        func model(_ name: String) async throws {
            try await must("registered-models/create", "POST", "{\"name\":\"\(name)\"}")
        }

        func deliveries(_ id: String) async throws -> [[String: Any]] {
            let answer = try await call("/api/v1/webhooks/\(id)/deliveries", "GET")
            #expect(answer.status == 200, "\(answer.body)")
            return answer.json["items"] as? [[String: Any]] ?? []
        }

        func states(_ id: String) async throws -> [String] {
            try await deliveries(id).compactMap { $0["state"] as? String }
        }
    }

    /// Lends a server that may ask a receiver, which does not run yet.
    private func withReceiver(
        isAllowed: Bool = true,
        _ body: (Registrar, WebhookReceiver) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { folder in
            let receiver = try WebhookReceiver(in: folder, isAllowed: isAllowed)
            try await Shore.lend(arguments: ["--config", receiver.configuration]) { shore in
                let tenant = try await shore.makeTenant("acme")
                let token = try await shore.makeToken(tenant, role: .admin)
                try await body(Registrar(shore: shore, token: token), receiver)
            }
        }
    }

    private static let everything = [
        "registered_model.created", "model_version.created", "model_version_tag.set",
        "model_version_tag.deleted", "model_version_alias.created", "model_version_alias.deleted",
        "model_version_stage.set", "model_version.deleted", "registered_model.deleted",
        "gate.failed", "promotion.waiting", "promotion.decided",
    ]

    @Test func `a receiver is told of all that happens to a model, each once, in order and signed`()
        async throws
    {
        try await withReceiver { admin, receiver in
            try await receiver.run {
                let id = try await admin.hook(
                    receiver.url,
                    events: Self.everything,
                    secret: Self.secret
                )
                try await admin.model("pump")
                let one = #""name":"pump","version":"1""#
                try await admin.must(
                    "model-versions/create",
                    "POST",
                    #"{"name":"pump","source":"s3://lake/pump","tags":[{"key":"a","value":"ä"}]}"#
                )
                try await admin.must(
                    "model-versions/set-tag",
                    "POST",
                    "{\(one),\"key\":\"k\",\"value\":\"v\"}"
                )
                try await admin.must(
                    "model-versions/delete-tag",
                    "DELETE",
                    "{\(one),\"key\":\"k\"}"
                )
                try await admin.must(
                    "registered-models/alias",
                    "POST",
                    "{\(one),\"alias\":\"champion\"}"
                )
                try await admin.must(
                    "registered-models/alias",
                    "DELETE",
                    #"{"name":"pump","alias":"champion"}"#
                )
                try await admin.must(
                    "model-versions/transition-stage",
                    "POST",
                    "{\(one),\"stage\":\"Staging\"}"
                )
                let gate = try await admin.call(
                    "/api/v1/gates",
                    "POST",
                    #"""
                    {"name":"good","target":"champion","rules":{"metrics":[{"metric":"rmse",
                    "comparison":"<=","value":0.3}]},"approvals":0}
                    """#
                )
                #expect(gate.status == 201, "\(gate.body)")
                let refused = try await admin.mlflow(
                    "registered-models/alias",
                    "POST",
                    "{\(one),\"alias\":\"champion\"}"
                )
                #expect(refused.status == 400)
                try await admin.must("model-versions/delete", "DELETE", "{\(one)}")
                try await admin.must("registered-models/delete", "DELETE", #"{"name":"pump"}"#)
                let wanted =
                    Self.everything.prefix(7) + [
                        "gate.failed", "model_version.deleted", "registered_model.deleted",
                    ]
                try await eventually("all is delivered") {
                    let states = try await admin.states(id)
                    return states.count == wanted.count && states.allSatisfy { $0 == "delivered" }
                }
                let told = receiver.deliveries
                #expect(told.map(\.event) == Array(wanted))
                #expect(Set(told.map(\.id)).count == told.count)
                #expect(told.allSatisfy { $0.isSigned(with: Self.secret) })
                #expect(told.allSatisfy { !$0.isSigned(with: "another") })
                #expect(told.allSatisfy { $0.path == "/hooks" })
                #expect(told[1].data["tags"] as? [String: String] == ["a": "ä"])
                #expect(told[1].data["version"] as? String == "1")
                #expect(told[1].data["run_id"] is NSNull)
                #expect((told[7].data["objections"] as? String)?.contains("rmse") == true)
            }
        }
    }

    @Test func `what a receiver fails, or is not there for, is delivered when it can be`()
        async throws
    {
        try await withReceiver { admin, receiver in
            let id = try await admin.hook(receiver.url)
            try await admin.model("while-it-is-away")
            try await eventually("an attempt was made") {
                try await admin.deliveries(id).first?["last_error"] as? String
                    == "the target can't be reached"
            }
            try receiver.answer(500)
            try await receiver.run {
                try await eventually("it is asked") { receiver.deliveries.count >= 2 }
                #expect(try await admin.states(id) == ["waiting"])
                #expect(try await admin.deliveries(id)[0]["last_status"] as? Int == 500)
                try receiver.answer(200)
                try await eventually("it is delivered") {
                    try await admin.states(id) == ["delivered"]
                }
                // The same at each attempt, so that the receiver can tell.
                #expect(Set(receiver.deliveries.map(\.id)).count == 1)
                #expect(Set(receiver.deliveries.map(\.body)).count == 1)
            }
        }
    }

    @Test func `what was committed is delivered though the server was killed before it could be`()
        async throws
    {
        try await withReceiver { admin, receiver in
            let id = try await admin.hook(receiver.url, secret: Self.secret)
            for number in 1...5 { try await admin.model("model-\(number)") }
            admin.shore.process.send(SIGKILL)
            _ = try await admin.shore.process.waitForExit()
            let runner = try Shore.serve(
                admin.shore.database,
                data: admin.shore.data,
                ["--config", receiver.configuration]
            )
            try await receiver.run {
                try await withProcess(runner) { process in
                    var again = admin
                    again.port = try await Self.port(process, admin.shore.data)
                    try await eventually("all is delivered", timeout: .seconds(240)) {
                        let states = try await again.states(id)
                        return states.count == 5 && states.allSatisfy { $0 == "delivered" }
                    }
                    let names = Set(receiver.deliveries.compactMap { $0.data["name"] as? String })
                    #expect(names == Set((1...5).map { "model-\($0)" }))
                    #expect(receiver.deliveries.allSatisfy { $0.isSigned(with: Self.secret) })
                }
            }
        }
    }

    private static func port(_ process: RunningProcess, _ data: String) async throws -> Int {
        try await process.waitForLine(containing: "serving:", timeout: .seconds(240))
        let bytes = try Data(contentsOf: URL(fileURLWithPath: data + "/endpoints.json"))
        let endpoints = try JSONDecoder().decode([String: Endpoint].self, from: bytes)
        return try #require(endpoints["api"]?.port)
    }

    @Test func `two servers on one database deliver each once`() async throws {
        try await withReceiver { admin, receiver in
            try await withTemporaryDirectory { other in
                try FileManager.default.copyItem(
                    atPath: admin.shore.data + "/authority",
                    toPath: other + "/authority"
                )
                let runner = try Shore.serve(
                    admin.shore.database,
                    data: other,
                    ["--config", receiver.configuration]
                )
                try await withProcess(runner) { process in
                    var second = admin
                    second.port = try await Self.port(process, other)
                    try await receiver.run {
                        let id = try await admin.hook(receiver.url)
                        for number in 0..<20 {
                            try await (number % 2 == 0 ? admin : second).model("model-\(number)")
                        }
                        try await eventually("all is delivered") {
                            let states = try await admin.states(id)
                            return states.count == 20 && states.allSatisfy { $0 == "delivered" }
                        }
                        #expect(receiver.deliveries.count == 20)
                        #expect(Set(receiver.deliveries.map(\.id)).count == 20)
                    }
                }
            }
        }
    }

    @Test func `without a list, nothing within can be named, nor reached by what was named before`()
        async throws
    {
        try await withReceiver(isAllowed: false) { admin, receiver in
            try await receiver.run {
                let port = receiver.port
                for url in [
                    "https://127.0.0.1:\(port)/", "https://localhost:\(port)/",
                    "https://LOCALHOST.:\(port)/", "https://[::1]:\(port)/",
                    "https://[::ffff:127.0.0.1]:\(port)/", "https://127.1:\(port)/",
                    "https://2130706433:\(port)/", "https://0x7f000001:\(port)/",
                    "https://0:\(port)/", "https://169.254.169.254/", "https://10.0.0.1/",
                    "https://me@127.0.0.1:\(port)/", "http://127.0.0.1:\(port)/",
                    "https://nothing.invalid/",
                ] {
                    let answer = try await admin.mlflow(
                        "webhooks",
                        "POST",
                        """
                        {"name":"inner","url":"\(url)",
                        "events":[{"entity":"REGISTERED_MODEL","action":"CREATED"}]}
                        """
                    )
                    #expect(answer.status == 400, "\(url): \(answer.body)")
                    #expect(answer.json["error_code"] as? String == "INVALID_PARAMETER_VALUE")
                }
                // One whose name meant something else when it was made.
                try await admin.shore.plant(
                    """
                    INSERT INTO hawser.webhooks (tenant_id, webhook_id, name, description, url,
                        events, is_active, paused_until, created_at, updated_at)
                    SELECT tenant_id, 'rebound', 'rebound', '', 'https://localhost:\(port)/',
                        '{registered_model.created}', true, now(), now(), now()
                    FROM hawser.tenants WHERE name = 'acme'
                    """
                )
                try await admin.model("pump")
                try await eventually("an attempt was made") {
                    let delivery = try await admin.deliveries("rebound").first
                    return (delivery?["last_error"] as? String)?.contains("not public") == true
                }
                let tried = try await admin.mlflow("webhooks/rebound/test", "POST", "{}")
                #expect(tried.body.contains("not public"), "\(tried.body)")
                #expect(receiver.deliveries.isEmpty)
            }
        }
    }

    @Test func `a redirect is not followed`() async throws {
        try await withReceiver { admin, receiver in
            try receiver.answer(307)
            try await receiver.run {
                let id = try await admin.hook(receiver.url)
                try await admin.model("pump")
                try await eventually("an attempt was made") {
                    let delivery = try await admin.deliveries(id).first
                    return (delivery?["last_error"] as? String)?.contains("redirect") == true
                }
                #expect(receiver.deliveries.allSatisfy { $0.path == "/hooks" })
            }
        }
    }

    @Test func `MLflow's calls make, show, try, change and delete one, and nobody sees its secret`()
        async throws
    {
        try await withReceiver { admin, receiver in
            try await receiver.run {
                let made = try await admin.mlflow(
                    "webhooks",
                    "POST",
                    """
                    {"name":"ci","url":"\(receiver.url)","secret":"\(Self.secret)","events":[
                    {"entity":"MODEL_VERSION","action":"CREATED"},
                    {"entity":"GATE","action":"FAILED"}]}
                    """
                )
                #expect(made.status == 200, "\(made.body)")
                let webhook = try #require(made.json["webhook"] as? [String: Any])
                let id = try #require(webhook["webhook_id"] as? String)
                #expect(webhook["status"] as? String == "ACTIVE")
                // MLflow's clients fail on what they don't know.
                #expect((webhook["events"] as? [[String: String]])?.count == 1)
                let twice = try await admin.mlflow(
                    "webhooks",
                    "POST",
                    """
                    {"name":"ci","url":"\(receiver.url)",
                    "events":[{"entity":"MODEL_VERSION","action":"CREATED"}]}
                    """
                )
                #expect(twice.json["error_code"] as? String == "RESOURCE_ALREADY_EXISTS")
                let unknown = try await admin.mlflow(
                    "webhooks",
                    "POST",
                    """
                    {"name":"cd","url":"\(receiver.url)",
                    "events":[{"entity":"SHIP","action":"SUNK"}]}
                    """
                )
                #expect(unknown.status == 400, "\(unknown.body)")
                let tried = try await admin.mlflow("webhooks/\(id)/test", "POST", "{}")
                let result = try #require(tried.json["result"] as? [String: Any])
                #expect(result["success"] as? Bool == true, "\(tried.body)")
                #expect(result["response_status"] as? Int == 200)
                #expect(result["response_body"] as? String == "heard")
                #expect(receiver.deliveries.count == 1)
                #expect(receiver.deliveries[0].isSigned(with: Self.secret))
                let changed = try await admin.mlflow(
                    "webhooks/\(id)",
                    "PATCH",
                    #"{"status":"DISABLED","description":"off"}"#
                )
                #expect(changed.body.contains("DISABLED"), "\(changed.body)")
                let listed = try await admin.mlflow("webhooks?max_results=100", "GET")
                #expect((listed.json["webhooks"] as? [Any])?.count == 1, "\(listed.body)")
                let audit = try await admin.call("/api/v1/audit", "GET")
                #expect(audit.body.contains("webhook.create"), "\(audit.body)")
                let stored = try await admin.shore.look(
                    "SELECT w::text AS value FROM hawser.webhooks AS w"
                )
                let exported = try await admin.call("/api/v1/export", "GET")
                for text in [
                    made.body, changed.body, listed.body, audit.body, exported.body,
                    admin.shore.log, stored.joined(),
                ] {
                    #expect(!text.contains(Self.secret))
                }
                try await admin.must("webhooks/\(id)", "DELETE", "{}")
                let gone = try await admin.mlflow("webhooks/\(id)", "GET")
                #expect(gone.status == 404)
            }
        }
    }
}
