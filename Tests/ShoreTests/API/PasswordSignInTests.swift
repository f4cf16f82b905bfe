import CoreDomain
import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// Signing in by password, and what a session may and may not.
@Suite(.shore, .timeLimit(.minutes(10)))
struct PasswordSignInTests {
    private static let password = "a long enough one"

    private let shore: Shore

    init() throws {
        shore = try Shore.current()
    }

    /// A tenant with a person that the command line enters.
    private func person(role: Role = .admin, name: String = "ada") async throws -> Tenant {
        let tenant = try await shore.makeTenant("t\(UInt64.random(in: 0 ... .max))")
        try await shore.enterPerson(name, of: tenant, role: role, password: Self.password)
        return tenant
    }

    private func form(_ fields: [(String, String)]) -> String {
        fields.map {
            "\($0)=\($1.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
        }.joined(separator: "&")
    }

    private func signIn(
        _ tenant: String,
        _ name: String = "ada",
        _ password: String = password,
        headers: [String] = []
    ) async throws -> APIResponse {
        try await shore.call(
            "/sign-in",
            method: "POST",
            headers: ["Content-Type: application/x-www-form-urlencoded", "Accept: text/html"]
                + headers,
            body: form([("tenant", tenant), ("name", name), ("password", password)])
        )
    }

    private func cookie(_ response: APIResponse) throws -> String {
        let header = try #require(response["set-cookie"])
        return "Cookie: \(header.prefix { $0 != ";" })"
    }

    private func changeToken(_ cookie: String) async throws -> String {
        let answer = try await shore.call("/api/v1/me/session", headers: [cookie])
        return try #require(answer.json["csrf_token"] as? String)
    }

    @Test func `a password opens a session, and signing out ends it`() async throws {
        let tenant = try await person()
        let cookie = try cookie(try await signIn(tenant.name))
        let path = "/api/v1/fleet/report?format=json"
        #expect(try await shore.call(path, headers: [cookie]).status == 200)
        let page = try await shore.call("/sign-out", headers: [cookie])
        let token = try await changeToken(cookie)
        #expect(page.body.contains(token))
        let forged = try await shore.call(
            "/sign-out",
            method: "POST",
            headers: [cookie],
            body: form([("csrf_token", String(token.reversed()))])
        )
        #expect(forged.status == 403)
        #expect(try await shore.call(path, headers: [cookie]).status == 200)
        let out = try await shore.call(
            "/sign-out",
            method: "POST",
            headers: [cookie],
            body: form([("csrf_token", token)])
        )
        #expect(out.status == 303)
        #expect(out["set-cookie"]?.contains("Max-Age=0") == true)
        #expect(try await shore.call(path, headers: [cookie]).status == 401)
    }

    @Test func `whatever is wrong, the answer is the same`() async throws {
        let tenant = try await person()
        var pages: Set<String> = []
        for (company, name, password) in [
            (tenant.name, "ada", "another long one"), (tenant.name, "bob", Self.password),
            ("nowhere", "ada", Self.password), (tenant.name, "ada", Self.password + " "),
            (tenant.name, "ada", String(repeating: "x", count: 5000)),
        ] {
            let answer = try await signIn(company, name, password)
            #expect(answer.status == 401)
            #expect(answer["set-cookie"] == nil)
            #expect(!answer.body.contains(password))
            pages.insert(
                answer.body.replacingOccurrences(of: "value=\"\(company)\"", with: "")
                    .replacingOccurrences(of: "value=\"\(name)\"", with: "")
            )
        }
        #expect(pages.count == 1)
    }

    @Test func `a change with a cookie needs the session's own token and a page of this server`()
        async throws
    {
        let tenant = try await person()
        let cookie = try cookie(try await signIn(tenant.name))
        let other = try self.cookie(try await signIn(tenant.name))
        let token = try await changeToken(cookie)
        let foreign = try await changeToken(other)
        let good = "Hawser-CSRF: \(token)"
        let body = #"{"password": "yet another password"}"#
        for headers in [
            [], ["Hawser-CSRF: "], ["Hawser-CSRF: \(foreign)"],
            [good, "Origin: https://evil.example"], [good, "Origin: null"],
            [good, "Sec-Fetch-Site: cross-site"], [good, "Sec-Fetch-Site: same-site"],
        ] {
            let answer = try await shore.call(
                "/api/v1/users/ada/password",
                method: "PUT",
                headers: [cookie] + headers,
                body: body
            )
            #expect(answer.status == 403, "\(headers)")
        }
        let done = try await shore.call(
            "/api/v1/users/ada/password",
            method: "PUT",
            headers: [cookie, good, "Origin: https://localhost", "Sec-Fetch-Site: same-origin"],
            body: body
        )
        #expect(done.status == 204)
        // It was ada's, so both sessions are over.
        for cookie in [cookie, other] {
            #expect(try await shore.call("/api/v1/me/session", headers: [cookie]).status == 401)
        }
        #expect(try await signIn(tenant.name).status == 401)
        #expect(try await signIn(tenant.name, "ada", "yet another password").status == 303)
        let words = try await shore.look(
            "SELECT action AS value FROM hawser.audit_entries WHERE tenant_id = \(tenant.id)"
        )
        #expect(words.contains("user.password") && words.contains("session.create"))
    }

    @Test func `one's own password is changed with the present one, and ends the other sessions`()
        async throws
    {
        let tenant = try await person(role: .viewer)
        let cookie = try cookie(try await signIn(tenant.name))
        let other = try self.cookie(try await signIn(tenant.name))
        let token = try await changeToken(cookie)
        func change(_ present: String, _ new: String) async throws -> Int {
            try await shore.call(
                "/api/v1/me/password",
                method: "PUT",
                headers: [cookie, "Hawser-CSRF: \(token)"],
                body: #"{"present_password": "\#(present)", "password": "\#(new)"}"#
            ).status
        }
        #expect(try await change("wrong", "a new long password") == 403)
        #expect(try await change(Self.password, "short") == 400)
        #expect(try await change(Self.password, "a new long password") == 204)
        #expect(try await shore.call("/api/v1/me/session", headers: [cookie]).status == 200)
        #expect(try await shore.call("/api/v1/me/session", headers: [other]).status == 401)
        // A viewer sets nobody's.
        let forbidden = try await shore.call(
            "/api/v1/users/ada/password",
            method: "PUT",
            headers: [cookie, "Hawser-CSRF: \(token)"],
            body: #"{"password": "a new long password"}"#
        )
        #expect(forbidden.status == 403)
    }

    @Test func `a session of a token ends with the token, an idle one by itself`() async throws {
        let tenant = try await shore.makeTenant("t\(UInt64.random(in: 0 ... .max))")
        let token = try await shore.makeToken(tenant)
        func open() async throws -> String {
            try cookie(
                try await shore.call("/sign-in", method: "POST", body: form([("token", token)]))
            )
        }
        let path = "/api/v1/me/session"
        let idle = try await open()
        #expect(!idle.contains(token.suffix(20)))
        #expect(try await shore.call(path, headers: [idle]).status == 200)
        try await shore.plant(
            "UPDATE hawser.sessions SET seen_at = now() - interval '2 hours' "
                + "WHERE tenant_id = \(tenant.id)"
        )
        #expect(try await shore.call(path, headers: [idle]).status == 401)
        let old = try await open()
        try await shore.plant(
            "UPDATE hawser.sessions SET expires_at = now() WHERE tenant_id = \(tenant.id)"
        )
        #expect(try await shore.call(path, headers: [old]).status == 401)
        let revoked = try await open()
        #expect(try await shore.call(path, headers: [revoked]).status == 200)
        try await shore.plant(
            "UPDATE hawser.api_tokens SET revoked_at = now() WHERE tenant_id = \(tenant.id)"
        )
        #expect(try await shore.call(path, headers: [revoked]).status == 401)
        // The token itself is no cookie.
        let direct = try await shore.call(path, headers: ["Cookie: __Host-hawser=\(token)"])
        #expect(direct.status == 401)
    }

    @Test func `pages carry every guard that browsers know`() async throws {
        let page = try await shore.call("/sign-in", headers: ["Accept: text/html"])
        let policy = try #require(page["content-security-policy"])
        for rule in [
            "default-src 'none'", "frame-ancestors 'none'", "form-action 'self'",
            "base-uri 'none'",
        ] {
            #expect(policy.contains(rule))
        }
        #expect(!policy.contains("unsafe"))
        #expect(page["x-content-type-options"] == "nosniff")
        #expect(page["referrer-policy"] == "same-origin")
        #expect(page["strict-transport-security"]?.hasPrefix("max-age=") == true)
        #expect(page["cache-control"] == "no-store")
        let foreign = try await signIn("acme", headers: ["Origin: https://evil.example"])
        #expect(foreign.status == 403)
    }
}

/// Guessing, against a server of its own: its failures are counted by address.
@Suite(.shore, .timeLimit(.minutes(10)))
struct GuessingTests {
    @Test func `guesses are slowed down, the same for who exists and who does not`() async throws {
        let shore = try Shore.current()
        let tenant = try await shore.makeTenant("acme")
        func attempt(_ name: String) async throws -> APIResponse {
            try await shore.call(
                "/sign-in",
                method: "POST",
                body: "tenant=\(tenant.name)&name=\(name)&password=nonsense-of-a-kind"
            )
        }
        var last: APIResponse?
        var count = 0
        // The first waits are short, and the machine may be slower than they are.
        while last?.status != 429, count < 12 {
            count += 1
            let answer = try await attempt("nobody")
            last = answer
            #expect(answer.status == 401 || (answer.status == 429 && count > 5))
        }
        #expect(last?.status == 429)
        let wait = try #require(last?["retry-after"].flatMap(Int.init))
        #expect((1...128).contains(wait))
        #expect(last?["set-cookie"] == nil)
        // Others go on.
        #expect(try await attempt("somebody").status == 401)
        // And so does this name, once its time is over.
        try await Task.sleep(for: .seconds(wait))
        #expect(try await attempt("nobody").status == 401)
    }
}
