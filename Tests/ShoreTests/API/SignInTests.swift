import FleetModel
import Foundation
import Testing

/// A browser's way in, and what it must not give away.
@Suite(.shore, .timeLimit(.minutes(10)))
struct SignInTests {
    private let shore: Shore

    init() throws {
        shore = try Shore.current()
    }

    private static let page = ["Accept: text/html"]

    private func makeToken() async throws -> String {
        let tenant = try await shore.makeTenant("t\(UInt64.random(in: 0 ... .max))")
        return try await shore.makeToken(tenant)
    }

    private func signIn(_ token: String, next: String? = nil) async throws -> APIResponse {
        var body = "token=\(token)"
        if let next {
            body += "&next="
            body += next.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        }
        return try await shore.call(
            "/sign-in",
            method: "POST",
            headers: ["Content-Type: application/x-www-form-urlencoded"] + Self.page,
            body: body
        )
    }

    @Test func `a browser is led to the form, and from there to where it wanted to go`()
        async throws
    {
        let wanted = "/api/v1/fleet/report?format=html&from=2026-11-20"
        let first = try await shore.call(wanted, headers: Self.page)
        #expect(first.status == 303)
        let form = try #require(first["location"])
        #expect(form.hasPrefix("/sign-in?next="))
        let page = try await shore.call(form, headers: Self.page)
        #expect(page.status == 200)
        #expect(page.body.contains("<form"))
        #expect(page.body.contains(wanted.replacingOccurrences(of: "&", with: "&amp;")))
        let token = try await makeToken()
        let done = try await signIn(token, next: wanted)
        #expect(done.status == 303)
        #expect(done["location"] == wanted)
        let cookie = try #require(done["set-cookie"])
        let report = try await shore.call(
            wanted,
            headers: Self.page + ["Cookie: \(cookie.prefix { $0 != ";" })"]
        )
        #expect(report.status == 200)
        #expect(report.body.contains("<html"))
    }

    @Test func `the cookie is out of scripts' reach, only over TLS, and stays with this site`()
        async throws
    {
        let response = try await signIn(try await makeToken())
        let cookie = try #require(response["set-cookie"])
        let attributes = cookie.split(separator: ";").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        for attribute in ["HttpOnly", "Secure", "SameSite=Strict", "Path=/"] {
            #expect(attributes.contains(attribute), "\(attribute)")
        }
        #expect(cookie.hasPrefix("__Host-"))
        #expect(!attributes.contains { $0.lowercased().hasPrefix("domain") })
        let asked = try await shore.call("/sign-out", headers: ["Cookie: \(attributes[0])"])
        #expect(asked["set-cookie"] == nil, "a link ends no session")
        #expect(asked.body.contains("csrf_token"))
    }

    @Test(arguments: [
        "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example",
        "javascript:alert(1)", "evil.example", "/\t/evil.example", "/\r\nLocation: https://evil/",
        "/\u{0}/evil.example", "http:/evil.example", " //evil.example", "/%0d%0aSet-Cookie: a=b",
        "/\n", "",
    ])
    func `next leads nowhere but within this server`(next: String) async throws {
        let token = try await makeToken()
        let response = try await signIn(token, next: next)
        #expect(response.status == 303)
        let location = try #require(response["location"])
        // What browsers make of it: they drop tabs and line ends, and take \ for /.
        let seen = location.filter { !"\t\r\n".contains($0) && $0 != "\0" }
            .replacingOccurrences(of: "\\", with: "/")
        #expect(seen.hasPrefix("/") && !seen.hasPrefix("//"), "\(location)")
        #expect(!location.contains("\t") && !location.unicodeScalars.contains("\0"))
        #expect(response.headers.count { $0.name == "location" } == 1)
        #expect(response.headers.count { $0.name == "set-cookie" } == 1)
        let form = try await shore.call(
            "/sign-in?next="
                + (next.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""),
            headers: Self.page
        )
        #expect(form.status == 200)
        #expect(!form.body.contains("evil.example/\""))
    }

    @Test func `what is written into the page can't become part of it`() async throws {
        let next = "/\"><script>alert(1)</script>"
        let escaped = next.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let page = try await shore.call("/sign-in?next=\(escaped)", headers: Self.page)
        #expect(page.status == 200)
        #expect(!page.body.contains("<script>"))
        #expect(page["content-security-policy"]?.contains("default-src 'none'") == true)
        let missing = try await shore.call("/%3Cscript%3Ealert(1)", headers: Self.page)
        #expect(!missing.body.contains("<script>"))
    }

    @Test(arguments: ["", "token=", "token=nonsense", "next=/", "token=hwt.1.1.x&token=", "%%%=%%"])
    func `a wrong token is refused with a page and no cookie`(body: String) async throws {
        let response = try await shore.call(
            "/sign-in",
            method: "POST",
            headers: Self.page,
            body: body
        )
        #expect(response.status == 401)
        #expect(response["set-cookie"] == nil)
        #expect(response.body.contains("<form"))
    }

    @Test func `the token is in no log, no location and no page`() async throws {
        let token = try await makeToken()
        let wrong = token.dropLast(4) + "AAAA"
        var answers = [try await signIn(token), try await signIn(String(wrong))]
        answers.append(try await signIn(token, next: "/api/v1/ships/none/report"))
        answers.append(
            try await shore.call("/api/v1/ships/none/report?token=\(token)", headers: Self.page)
        )
        for answer in answers {
            #expect(!answer.body.contains(token))
            let isAsked = answer["location"]?.contains("token%3D") == true
            #expect(isAsked || answer["location"]?.contains(token) != true)
        }
        #expect(!shore.log.contains(token))
        #expect(!shore.log.contains(wrong))
    }
}
