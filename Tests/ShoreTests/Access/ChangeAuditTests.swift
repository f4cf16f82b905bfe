import CoreDomain
import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// Every change that somebody makes by the API is in the audit: compared over all endpoints that the
/// server itself says it has.
@Suite(.shore, .timeLimit(.minutes(10)))
struct ChangeAuditTests {
    private let shore: Shore

    init() throws {
        shore = try Shore.current()
    }

    private struct Callers: Sendable {
        let admin: String
        let system: String
        let person: String
        /// Somebody whose requests the administrator decides about.
        var requester = ""

        func token(_ caller: ChangingRequest.Caller) -> String {
            switch caller {
            case .admin: admin
            case .system: system
            case .person: person
            }
        }
    }

    private func make(
        _ path: String,
        _ body: String,
        _ callers: Callers,
        as caller: ChangingRequest.Caller = .admin
    ) async throws -> [String: Any] {
        let answer = try await shore.call(
            "/api/v1/\(path)",
            method: "POST",
            token: callers.token(caller),
            body: body
        )
        try #require(answer.status == 201, "\(path): \(answer.body)")
        return answer.json
    }

    private func name() -> String { "n\(UInt64.random(in: 0 ... .max))" }

    /// A path's names filled in with things that are made for it.
    private func path(_ template: String, _ callers: Callers) async throws -> String {
        var path = template
        func fill(_ name: String, _ value: String) {
            path = path.replacingOccurrences(of: "{\(name)}", with: value)
        }
        func number(_ made: [String: Any]) throws -> String {
            "\(try #require(made["id"] as? Int))"
        }
        if path.contains("{user}") {
            fill("user", name())
            let user = path.split(separator: "/")[1]
            _ = try await make("users", "{\"name\": \"\(user)\"}", callers)
        }
        if path.contains("{fleet}") {
            let fleet = name()
            let body = "{\"name\": \"\(fleet)\", \"selector\": {\"class\": [\"tanker\"]}}"
            _ = try await make("fleets", body, callers)
            fill("fleet", fleet)
        }
        if path.contains("{ship}") {
            let ship = name()
            _ = try await make("ships", "{\"name\": \"\(ship)\"}", callers)
            fill("ship", ship)
            if path.contains("{want}") {
                let made = try await make("ships/\(ship)/wants", ChangingRequest.want, callers)
                fill("want", try number(made))
            }
        }
        if path.contains("{tenant}") {
            let tenant = name()
            _ = try await make("tenants", "{\"name\": \"\(tenant)\"}", callers, as: .system)
            fill("tenant", tenant)
        }
        if path.contains("{binding}") {
            let body = #"{"user": "friend", "role": "viewer"}"#
            fill("binding", try number(try await make("bindings", body, callers)))
        }
        if path.contains("{token}") {
            let body = #"{"user": "friend", "name": "t"}"#
            fill("token", try number(try await make("tokens", body, callers)))
        }
        if path.contains("{bundle}") {
            let bundle = name()
            _ = try await make("bundles", "{\"name\": \"\(bundle)\"}", callers)
            fill("bundle", bundle)
        }
        if path.contains("{webhook}") {
            let body = """
                {"name": "\(name())", "url": "https://1.1.1.1/hook", "events": ["gate.failed"],
                 "active": false}
                """
            let made = try await make("webhooks", body, callers)
            let webhook = try #require(made["id"] as? String)
            fill("webhook", webhook)
            // One that is over; its webhook is none that anybody is called by.
            let delivery = try await shore.look(
                """
                INSERT INTO hawser.webhook_deliveries (tenant_id, delivery_number, webhook_id, event,
                    body, state, due_at, created_at)
                SELECT tenant_id, nextval('hawser.webhook_delivery_numbers'), webhook_id,
                    'gate.failed', '{}', 'dead', now(), now()
                FROM hawser.webhooks WHERE webhook_id = '\(webhook)'
                RETURNING delivery_number::text AS value
                """
            )
            fill("delivery", delivery[0])
        }
        if path.contains("{gate}") {
            let gate = name()
            _ = try await make("gates", "{\"name\": \"\(gate)\", \"target\": \"other\"}", callers)
            fill("gate", gate)
        }
        if path.contains("{promotion}") {
            let model = try await model(callers)
            let gate = """
                {"name": "\(name())", "model": "\(model)", "target": "guarded", "approvals": 1}
                """
            _ = try await make("gates", gate, callers)
            let asked = try await shore.call(
                "/api/v1/promotions",
                method: "POST",
                token: path.hasSuffix("withdrawal") ? callers.admin : callers.requester,
                headers: ["Content-Type: application/json"],
                body: "{\"model\": \"\(model)\", \"version\": 1, \"target\": \"guarded\"}"
            )
            try #require(asked.json["state"] as? String == "waiting", "\(asked.body)")
            fill("promotion", try number(asked.json))
        }
        if path.contains("{freeze}") {
            let body = """
                {"name": "\(name())", "from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}
                """
            fill("freeze", try number(try await make("freezes", body, callers)))
        }
        if path.contains("{policy}") {
            let policy = name()
            let put = try await shore.call(
                "/api/v1/deploy-policies/\(policy)",
                method: "PUT",
                token: callers.admin,
                headers: ["Content-Type: application/json"],
                body: ChangingRequest.all["putDeployPolicy"]?.body
            )
            try #require(put.status == 200, "\(put.body)")
            fill("policy", policy)
        }
        if path.contains("{deployment}") {
            fill("deployment", try await deployment(for: template, callers))
        }
        return path
    }

    /// One that has come as far as what the path is for needs.
    private func deployment(for template: String, _ callers: Callers) async throws -> String {
        let verb = template.split(separator: "/").last.map(String.init) ?? ""
        let isDecided = ["approve", "deny"].contains(verb)
        let body = try await filled(
            ChangingRequest.deployment(name(), approvals: isDecided ? 1 : 0),
            callers
        )
        var asked = callers
        if isDecided { asked = Callers(admin: callers.requester, system: "", person: "") }
        let made = try await make("deployments", body, asked)
        let id = "\(try #require(made["id"] as? Int))"
        let before: [String: [String]] = [
            "pause": ["start"], "resume": ["start", "pause"], "rollback": ["start", "pause"],
            "retry": ["start", "abort"],
        ]
        for step in before[verb] ?? [] {
            let answer = try await shore.call(
                "/api/v1/deployments/\(id)/\(step)",
                method: "POST",
                token: callers.admin,
                headers: ["Content-Type: application/json"],
                body: "{}"
            )
            try #require(answer.status == 200, "\(step): \(answer.body)")
        }
        return id
    }

    /// With a bundle that has a version, and a ship, made for it.
    private func filled(_ body: String, _ callers: Callers) async throws -> String {
        guard body.contains("BUNDLE") else { return body }
        let (bundle, ship) = (name(), name())
        _ = try await make("bundles", "{\"name\": \"\(bundle)\"}", callers)
        _ = try await make("ships", "{\"name\": \"\(ship)\"}", callers)
        let tar = try await shore.call(
            "/api/v1/bundles/\(bundle)/tar",
            method: "POST",
            token: callers.admin,
            headers: ["Content-Type: application/x-tar"],
            body: TarText.of([.init("a.txt", bundle)])
        )
        try #require(tar.status == 201, "\(tar.body)")
        return body.replacingOccurrences(of: "BUNDLE", with: bundle)
            .replacingOccurrences(of: "SHIP", with: ship)
    }

    /// A registered model with a version, made as MLflow's clients make them.
    private func model(_ callers: Callers) async throws -> String {
        let model = name()
        for (path, body) in [
            ("registered-models", "{\"name\": \"\(model)\"}"),
            ("model-versions", "{\"name\": \"\(model)\", \"source\": \"s3://elsewhere/x\"}"),
        ] {
            let made = try await shore.call(
                "/api/2.0/mlflow/\(path)/create",
                method: "POST",
                token: callers.admin,
                headers: ["Content-Type: application/json"],
                body: body
            )
            try #require(made.status == 200, "\(made.body)")
        }
        return model
    }

    private func callers(_ tenant: Tenant) async throws -> Callers {
        let admin = try await shore.makeToken(tenant, role: .admin)
        let callers = Callers(
            admin: admin,
            system: try await shore.makeToken(Tenant(id: .system, name: "system"), role: .system),
            person: ""
        )
        _ = try await make("users", #"{"name": "friend"}"#, callers)
        _ = try await make("users", #"{"name": "ada"}"#, callers)
        let set = try await shore.call(
            "/api/v1/users/ada/password",
            method: "PUT",
            token: admin,
            body: "{\"password\": \"\(ChangingRequest.password)\"}"
        )
        try #require(set.status == 204, "\(set.body)")
        let token = try await make("tokens", #"{"user": "ada", "name": "own"}"#, callers)
        return Callers(
            admin: admin,
            system: callers.system,
            person: try #require(token["token"] as? String),
            requester: try await shore.makeToken(tenant, role: .operator)
        )
    }

    /// What the audits of all tenants have with this request's number.
    private func entries(_ request: String) async throws -> [String] {
        try #require(request.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" })
        return try await shore.look(
            """
            SELECT action || ' by ' || actor AS value FROM hawser.audit_entries
            WHERE request_id = '\(request)' ORDER BY sequence
            """
        )
    }

    @Test func `each change by each endpoint is one entry with the request's number and actor`()
        async throws
    {
        let tenant = try await shore.makeTenant("audited")
        let callers = try await callers(tenant)
        let changes = try await DocumentedEndpoint.all(shore).filter { $0.method != "GET" }
        #expect(changes.count >= 25)
        let known = Set(ChangingRequest.all.keys).union(ChangingRequest.exceptions.keys)
        let operations = Set(changes.map(\.operation))
        #expect(known.subtracting(operations).isEmpty, "these are no endpoints any more")
        for endpoint in changes where ChangingRequest.exceptions[endpoint.operation] == nil {
            guard let example = ChangingRequest.all[endpoint.operation] else {
                Issue.record("\(endpoint.operation) has no changing request: add one")
                continue
            }
            let path = try await path(endpoint.path, callers)
            var headers = ["Content-Type: \(example.type)", "If-Match: *"]
            if example.caller == .system, !endpoint.path.contains("tenants") {
                headers.append("Hawser-Tenant: \(tenant.name)")
            }
            var body = example.body?.replacingOccurrences(of: "NAME", with: name())
            if body?.contains("UPLOAD") ?? false {
                let folder = name()
                body = body?.replacingOccurrences(of: "UPLOAD", with: folder)
                let put = try await shore.call(
                    "/api/2.0/mlflow-artifacts/artifacts/bundles/\(folder)/a.txt",
                    method: "PUT",
                    token: callers.admin,
                    body: "bytes"
                )
                #expect(put.status == 200, "\(put.body)")
            }
            if let given = body { body = try await filled(given, callers) }
            if let given = body, given.contains("SELF") || given.contains("DIGEST") {
                let now = try await shore.call(
                    "/api/v1\(path)".replacing(/\/[a-z]+$/, with: ""),
                    token: callers.admin
                )
                body =
                    given
                    .replacingOccurrences(of: "SELF", with: now.json["name"] as? String ?? "")
                    .replacingOccurrences(
                        of: "DIGEST",
                        with: now.json["plan_digest"] as? String ?? ""
                    )
            }
            if body?.contains("MODEL") ?? false {
                body = body?.replacingOccurrences(of: "MODEL", with: try await model(callers))
            }
            let answer = try await shore.call(
                "/api/v1\(path)",
                method: endpoint.method,
                token: callers.token(example.caller),
                headers: headers,
                body: body
            )
            guard (200..<300).contains(answer.status) else {
                Issue.record("\(endpoint.operation): \(answer.status): \(answer.body)")
                continue
            }
            let request = try #require(answer["x-request-id"])
            let found = try await entries(request)
            let wanted = [example.action] + (example.consequence.map { [$0] } ?? [])
            let actions = found.map { $0.split(separator: " ")[0] }
            #expect(actions.map(String.init) == wanted, "\(endpoint.operation): \(found)")
            let actor = example.caller == .person ? ":ada:token:" : ":test.\(example.caller):token:"
            #expect(found.allSatisfy { $0.contains(actor) }, "\(endpoint.operation): \(found)")
        }
    }

    @Test func `a change that is refused is not in the audit`() async throws {
        let tenant = try await shore.makeTenant("refusing")
        let viewer = try await shore.makeToken(tenant)
        let endpoints = try await DocumentedEndpoint.all(shore)
        for endpoint in endpoints where endpoint.method != "GET" && endpoint.access == "tenant" {
            let path = endpoint.path.replacing(/\{[a-z]+\}/, with: "nothing-of-this-name")
            let answer = try await shore.call(
                "/api/v1\(path)",
                method: endpoint.method,
                token: viewer,
                headers: ["Content-Type: application/json", "If-Match: *"],
                body: ChangingRequest.all[endpoint.operation]?.body ?? "{}"
            )
            #expect(answer.status == 403, "\(endpoint.operation): \(answer.body)")
            let found = try await entries(try #require(answer["x-request-id"]))
            #expect(found.isEmpty, "\(endpoint.operation): \(found)")
        }
    }
}
