import CoreDomain
import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// The admin API from the outside.
@Suite(.shore, .timeLimit(.minutes(10)))
struct AdministrationTests {
    private let shore: Shore

    init() throws {
        shore = try Shore.current()
    }

    private func call(
        _ path: String,
        _ method: String = "GET",
        _ token: String,
        _ headers: [String] = [],
        _ body: String? = nil
    ) async throws -> APIResponse {
        try await shore.call(
            "/api/v1/\(path)",
            method: method,
            token: token,
            headers: headers,
            body: body
        )
    }

    private func make(_ path: String, _ token: String, _ body: String) async throws -> APIResponse {
        let answer = try await call(path, "POST", token, [], body)
        #expect(answer.status == 201, "\(path): \(answer.body)")
        return answer
    }

    /// A user with a token of their own.
    private func makeUser(
        _ name: String,
        _ admin: String,
        binding: String? = nil,
        scopes: String = "null"
    ) async throws -> String {
        _ = try await make("users", admin, "{\"name\": \"\(name)\"}")
        if let binding {
            _ = try await make("bindings", admin, "{\"user\": \"\(name)\", \(binding)}")
        }
        let token = try await make(
            "tokens",
            admin,
            "{\"user\": \"\(name)\", \"name\": \"t\", \"scopes\": \(scopes)}"
        )
        return try #require(token.json["token"] as? String)
    }

    @Test func `a fleet's viewer sees its ships and no others until the binding ends`() async throws
    {
        let tenant = try await shore.makeTenant("slice")
        let admin = try await shore.makeToken(tenant, role: .admin)
        for (name, kind) in [("one", "tanker"), ("two", "ferry")] {
            _ = try await make(
                "ships",
                admin,
                """
                {"name": "\(name)", "class": "\(kind)", "labels": {"class": "\(kind)"},
                 "bearers": [{"name": "vsat", "rate_bits": 512000,
                 "price_micros_per_mb": 4000000, "currency": "USD"}]}
                """
            )
        }
        _ = try await make(
            "fleets",
            admin,
            "{\"name\": \"tankers\", \"selector\": {\"class\": [\"tanker\"]}}"
        )
        let viewer = try await makeUser(
            "anna",
            admin,
            binding: "\"role\": \"viewer\", \"fleet\": \"tankers\""
        )
        let seen = try await call("ships", "GET", viewer)
        #expect((seen.json["items"] as? [[String: Any]])?.map { $0["name"] as? String } == ["one"])
        #expect(try await call("ships/two", "GET", viewer).status == 404)
        #expect(try await call("fleets/tankers/ships", "GET", viewer).status == 200)
        #expect(try await call("ships/one", "PATCH", viewer, ["If-Match: *"], "{}").status == 403)
        let me = try await call("me", "GET", viewer)
        #expect(me.json["user"] as? String == "anna" && me.json["tenant"] as? String == "slice")

        let ship = try await call("ships/one", "GET", admin)
        let etag = try #require(ship["etag"])
        let changed = try await call(
            "ships/one",
            "PATCH",
            admin,
            ["If-Match: \(etag)"],
            "{\"labels\": {\"class\": \"ferry\", \"fuelType\": \"LNG\"}}"
        )
        #expect(changed.status == 200)
        // Keys of labels stay as they were written.
        #expect((changed.json["labels"] as? [String: String])?["fuelType"] == "LNG")
        #expect(try await call("ships/one", "GET", viewer).status == 404)
        let stale = try await call("ships/one", "PATCH", admin, ["If-Match: \(etag)"], "{}")
        #expect(stale.status == 412 && stale.problem == "precondition_failed")
        let blind = try await call("ships/one", "PATCH", admin, [], "{}")
        #expect(blind.status == 428 && blind.problem == "precondition_required")
    }

    @Test func `nobody gives more than they have`() async throws {
        let tenant = try await shore.makeTenant("giving")
        let admin = try await shore.makeToken(tenant, role: .admin)
        let limited = try await makeUser(
            "limited",
            admin,
            binding: "\"role\": \"admin\", \"valid_until\": \"2099-01-01T00:00:00Z\"",
            scopes: "[\"bindings.write\", \"tokens.write\", \"users.write\", \"ships.read\"]"
        )
        _ = try await make("users", admin, "{\"name\": \"friend\"}")
        for (path, body) in [
            // More than the token's scopes.
            ("bindings", "{\"user\": \"friend\", \"role\": \"viewer\"}"),
            ("bindings", "{\"user\": \"limited\", \"role\": \"admin\"}"),
            // All that the user may do, and more than the scopes.
            ("tokens", "{\"user\": \"limited\", \"name\": \"t\"}"),
            ("tokens", "{\"user\": \"limited\", \"name\": \"t\", \"scopes\": [\"logs.read\"]}"),
            ("tokens", "{\"user\": \"test.admin\", \"name\": \"t\"}"),
        ] {
            let answer = try await call(path, "POST", limited, [], body)
            #expect(answer.status == 403, "\(body): \(answer.body)")
        }
        // By a password of somebody stronger, or by saying who comes in as them.
        _ = try await makeUser("boss", admin, binding: "\"role\": \"admin\"")
        let password = "{\"password\": \"correct horse battery\"}"
        let set = try await call("users/boss/password", "PUT", limited, [], password)
        #expect(set.status == 403, "\(set.body)")
        let own = try await call("users/boss/password", "PUT", admin, [], password)
        #expect(own.status == 204, "\(own.body)")
        let login = "{\"oidc_issuer\": \"https://id\", \"oidc_subject\": \"me\"}"
        let taken = try await call("users/boss", "PATCH", limited, ["If-Match: *"], login)
        #expect(taken.status == 403, "\(taken.body)")
        _ = try await make(
            "tokens",
            limited,
            "{\"user\": \"limited\", \"name\": \"t\", \"scopes\": [\"ships.read\"]}"
        )
        // For longer than the giver.
        let timed = try await makeUser(
            "timed",
            admin,
            binding: "\"role\": \"admin\", \"valid_until\": \"2099-01-01T00:00:00Z\""
        )
        let forGood = "{\"user\": \"friend\", \"role\": \"viewer\"}"
        #expect(try await call("bindings", "POST", timed, [], forGood).status == 403)
        _ = try await make(
            "bindings",
            timed,
            "{\"user\": \"friend\", \"role\": \"viewer\", \"valid_until\": \"2098-01-01\"}"
        )
        // The installation's role is none of a tenant's.
        let system = "{\"user\": \"friend\", \"role\": \"system\"}"
        #expect(try await call("bindings", "POST", admin, [], system).status == 400)
    }

    @Test func `labels that would show a ship to stronger roles are refused to a weaker`()
        async throws
    {
        let tenant = try await shore.makeTenant("labelled")
        let admin = try await shore.makeToken(tenant, role: .admin)
        _ = try await make("ships", admin, "{\"name\": \"one\", \"labels\": {\"side\": \"a\"}}")
        for side in ["a", "b"] {
            _ = try await make(
                "fleets",
                admin,
                "{\"name\": \"\(side)\", \"selector\": {\"side\": [\"\(side)\"]}}"
            )
        }
        let scoped = try await makeUser(
            "mover",
            admin,
            binding: "\"role\": \"operator\", \"fleet\": \"a\"",
            scopes: "[\"ships.read\", \"ships.write\"]"
        )
        let move = "{\"labels\": {\"side\": \"b\"}}"
        _ = try await makeUser("other", admin, binding: "\"role\": \"viewer\", \"fleet\": \"b\"")
        let refused = try await call("ships/one", "PATCH", scoped, ["If-Match: *"], move)
        #expect(refused.status == 403, "\(refused.body)")
        #expect(try await call("ships/one", "PATCH", admin, ["If-Match: *"], move).status == 200)
    }

    @Test func `the last admin stays, and an operator gives roles only where there is none`()
        async throws
    {
        let tenant = try await shore.makeTenant("last")
        let system = try await shore.makeToken(Tenant(id: .system, name: "system"), role: .system)
        let acting = ["Hawser-Tenant: last"]
        let user = try await call("users", "POST", system, acting, "{\"name\": \"anna\"}")
        #expect(user.status == 201, "\(user.body)")
        let role = "{\"user\": \"anna\", \"role\": \"admin\"}"
        let first = try await call("bindings", "POST", system, acting, role)
        #expect(first.status == 201, "\(first.body)")
        let body = "{\"user\": \"anna\", \"name\": \"first\"}"
        let token = try await call("tokens", "POST", system, acting, body)
        let anna = try #require(token.json["token"] as? String)
        // Now the tenant can run itself.
        #expect(try await call("tokens", "POST", system, acting, body).status == 403)
        #expect(try await call("bindings", "POST", system, acting, role).status == 403)

        let any = ["If-Match: *"]
        let binding = try #require(first.json["id"] as? Int)
        for (method, path, body) in [
            ("DELETE", "bindings/\(binding)", nil),
            ("PATCH", "bindings/\(binding)", "{\"role\": \"viewer\"}"),
            ("PATCH", "bindings/\(binding)", "{\"valid_until\": \"2099-01-01\"}"),
            ("PATCH", "users/anna", "{\"disabled\": true}"), ("DELETE", "users/anna", nil),
        ] {
            let answer = try await call(path, method, anna, any, body)
            #expect(answer.status == 409, "\(method) \(path): \(answer.body)")
        }
        let second = try await makeUser("ben", anna, binding: "\"role\": \"admin\"")
        #expect(
            try await call("users/anna", "PATCH", second, any, "{\"disabled\": true}").status == 200
        )
        // A server remembers who a token is for a moment.
        try await eventually("the token is refused") {
            try await call("me", "GET", anna).status == 401
        }
        // Enabled again, the token stays ended.
        #expect(
            try await call("users/anna", "PATCH", second, any, "{\"disabled\": false}").status
                == 200
        )
        #expect(try await call("me", "GET", anna).status == 401)
        _ = tenant
    }

    @Test func `a change with one key is done once, even by two at a time`() async throws {
        let tenant = try await shore.makeTenant("repeats")
        let admin = try await shore.makeToken(tenant, role: .admin)
        let key = ["Idempotency-Key: k1"]
        let body = "{\"name\": \"anna\"}"
        let statuses = try await withThrowingTaskGroup(of: APIResponse.self) { group in
            for _ in 0..<6 {
                group.addTask { try await call("users", "POST", admin, key, body) }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1.status) }
        }
        // The others had the answer, or heard that it was under way.
        #expect(statuses.contains(201) && Set(statuses).isSubset(of: [201, 409]), "\(statuses)")
        let again = try await call("users", "POST", admin, key, body)
        #expect(again.status == 201 && again["location"] == "/api/v1/users/anna")
        #expect(again["etag"] == "\"1\"" && again.json["name"] as? String == "anna")
        let other = try await call("users", "POST", admin, key, "{\"name\": \"ben\"}")
        #expect(other.status == 422 && other.problem == "unprocessable")
        let made = try await shore.look(
            """
            SELECT count(*)::text AS value FROM hawser.audit_entries
            WHERE tenant_id = \(tenant.id.rawValue) AND action = 'user.create'
                AND target = 'user/anna'
            """
        )
        #expect(made == ["1"])
        // What failed may be tried again.
        let bad = try await call("users", "POST", admin, ["Idempotency-Key: k2"], "{}")
        #expect(bad.status == 400)
        let good = try await call(
            "users",
            "POST",
            admin,
            ["Idempotency-Key: k2"],
            "{\"name\":\"c\"}"
        )
        #expect(good.status == 201)
        // A token's secret comes again to its maker, and can't be read in the table.
        let token = "{\"user\": \"anna\", \"name\": \"t\"}"
        let secret = try await call("tokens", "POST", admin, ["Idempotency-Key: k3"], token)
        let repeated = try await call("tokens", "POST", admin, ["Idempotency-Key: k3"], token)
        #expect(secret.status == 201 && secret.json["token"] != nil)
        #expect(repeated.json["token"] as? String == secret.json["token"] as? String)
        let stored = try await shore.look(
            "SELECT body AS value FROM hawser.idempotent_requests WHERE key = 'k3'"
        )
        #expect(!stored[0].contains(secret.json["token"] as? String ?? "none"))
    }

    @Test func `lists come in pages, and filters narrow them`() async throws {
        let tenant = try await shore.makeTenant("paged")
        let admin = try await shore.makeToken(tenant, role: .admin)
        for index in 0..<5 {
            _ = try await make(
                "ships",
                admin,
                "{\"name\": \"s\(index)\", \"class\": \"\(index < 2 ? "ferry" : "tanker")\"}"
            )
        }
        var names: [String] = []
        var cursor: String?
        repeat {
            let query = cursor.map { "&cursor=\($0)" } ?? ""
            let page = try await call("ships?class=tanker&limit=2\(query)", "GET", admin)
            names += (page.json["items"] as? [[String: Any]] ?? []).compactMap {
                $0["name"] as? String
            }
            cursor = page.json["next"] as? String
        } while cursor != nil
        #expect(names == ["s2", "s3", "s4"])
    }

    @Test func `retention and label policy are changed by version and enforced`() async throws {
        let tenant = try await shore.makeTenant("settled")
        let admin = try await shore.makeToken(tenant, role: .admin)
        let policy = "{\"allowed\": [\"class\"], \"required\": [\"class\"]}"
        let put = try await call("label-policy", "PUT", admin, ["If-Match: \"0\""], policy)
        #expect(put.status == 200 && put["etag"] == "\"1\"", "\(put.body)")
        let stale = try await call("label-policy", "PUT", admin, ["If-Match: \"0\""], policy)
        #expect(stale.status == 412)
        for labels in ["{}", "{\"class\": \"a\", \"other\": \"b\"}"] {
            let body = "{\"name\": \"one\", \"labels\": \(labels)}"
            #expect(try await call("ships", "POST", admin, [], body).status == 400)
        }
        _ = try await make("ships", admin, "{\"name\": \"one\", \"labels\": {\"class\": \"a\"}}")
        let days = """
            {"raw_days": 10, "five_minute_days": 20, "hour_days": 30, "log_days": 5,
             "record_days": 500}
            """
        let kept = try await call("retention", "PUT", admin, ["If-Match: *"], days)
        #expect(kept.status == 200 && kept.json["raw_days"] as? Int == 10, "\(kept.body)")
        #expect(try await call("retention", "GET", admin)["etag"] == kept["etag"])
        // With what it was before.
        let before = try await shore.look(
            """
            SELECT before AS value FROM hawser.audit_entries
            WHERE tenant_id = \(tenant.id.rawValue) AND action = 'retention.update'
            """
        )
        #expect(before.count == 1 && before[0].contains("\"raw_days\":92"), "\(before)")
    }
}
