import CoreDomain
import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// Signing in at a real identity provider.
@Suite(.timeLimit(.minutes(10)))
struct OIDCSignInTests {
    private static let start = "/sign-in/with/main?next=/api/v1/fleet/report%3Fformat=json"

    private func lend(
        _ body: (Shore, Glewlwyd) async throws -> Void
    ) async throws {
        try await Glewlwyd.lend { provider in
            let file = provider.folder + "/core-server.yml"
            try Glewlwyd.clientSecret.write(
                toFile: provider.folder + "/client.secret",
                atomically: true,
                encoding: .utf8
            )
            try """
            public_url: https://localhost:8443
            log_level: debug
            oidc:
              - name: main
                label: The company's sign-in
                issuer: \(provider.issuer)
                client_id: \(Glewlwyd.clientID)
                client_secret_file: \(provider.folder)/client.secret
                organisation_claim: organisation
                roles_claim: roles
                roles:
                  fleet-admin: admin
                  fleet-viewer: viewer
                audience: openid
            """.write(toFile: file, atomically: true, encoding: .utf8)
            try await Shore.lend(arguments: ["--config", file]) { shore in
                try await body(shore, provider)
            }
        }
    }

    private func cookie(_ named: String, _ answer: APIResponse) -> String? {
        answer.headers.first { $0.name == "set-cookie" && $0.value.hasPrefix(named + "=") }
            .map { "Cookie: \($0.value.prefix { $0 != ";" })" }
    }

    /// - Returns: the way back into the server, and the browser's cookie.
    private func away(
        _ shore: Shore,
        _ provider: Glewlwyd,
        as user: String,
        _ change: (String) -> String = { $0 }
    ) async throws -> (path: String, cookie: String) {
        let first = try await shore.call(Self.start)
        #expect(first.status == 303)
        let door = try #require(first["location"])
        #expect(door.contains("code_challenge_method=S256"))
        let cookie = try #require(self.cookie("__Host-hawser-oidc", first))
        let back = try await provider.authorize(change(door), as: user)
        #expect(back.hasPrefix(Glewlwyd.callback + "?"))
        return (back.replacingOccurrences(of: "https://localhost:8443", with: ""), cookie)
    }

    private func signIn(
        _ shore: Shore,
        _ provider: Glewlwyd,
        as user: String
    ) async throws -> APIResponse {
        let (path, cookie) = try await away(shore, provider, as: user)
        return try await shore.call(path, headers: [cookie])
    }

    @Test func `people of the provider come in with its roles, and only the right way`()
        async throws
    {
        try await lend { shore, provider in
            let acme = try await shore.makeTenant("acme")
            try await provider.enter("ada", organisation: "acme", roles: ["fleet-admin", "other"])
            try await provider.enter("vic", organisation: "acme", roles: ["fleet-viewer"])
            try await provider.enter("nil", organisation: "acme", roles: ["gardener"])
            try await provider.enter("far", organisation: "elsewhere", roles: ["fleet-admin"])
            try await provider.enter("sys", organisation: "system", roles: ["fleet-admin"])
            try await provider.enter("non", organisation: nil, roles: ["fleet-admin"])
            #expect(try await shore.call("/sign-in").body.contains("/sign-in/with/main?next="))

            let done = try await signIn(shore, provider, as: "ada")
            #expect(done.status == 200, "\(done.body)")
            #expect(done["refresh"] == "0; url=/api/v1/fleet/report?format=json")
            let session = try #require(self.cookie("__Host-hawser", done))
            let report = "/api/v1/fleet/report?format=json"
            #expect(try await shore.call(report, headers: [session]).status == 200)
            #expect(try await setPassword(shore, session) == 404, "an admin may, if there is one")
            let viewer = try #require(
                self.cookie("__Host-hawser", try await signIn(shore, provider, as: "vic"))
            )
            #expect(try await shore.call(report, headers: [viewer]).status == 200)
            #expect(try await setPassword(shore, viewer) == 403)
            for user in ["nil", "far", "sys", "non"] {
                let refused = try await signIn(shore, provider, as: user)
                #expect(refused.status == 403, "\(user)")
                #expect(cookie("__Host-hawser", refused) == nil)
            }
            // The second time it is the same user.
            _ = try await signIn(shore, provider, as: "ada")
            let users = try await shore.look(
                "SELECT oidc_issuer AS value FROM hawser.users WHERE tenant_id = \(acme.id)"
            )
            #expect(users == [provider.issuer, provider.issuer])
            try await shore.plant(
                "UPDATE hawser.users SET disabled_at = now() WHERE tenant_id = \(acme.id)"
            )
            #expect(try await signIn(shore, provider, as: "ada").status == 403)
            #expect(try await shore.call(report, headers: [session]).status == 401)
            for secret in [Glewlwyd.clientSecret, String(session.suffix(30))] {
                #expect(!shore.log.contains(secret))
            }
        }
    }

    private func setPassword(_ shore: Shore, _ cookie: String) async throws -> Int {
        let answer = try await shore.call("/api/v1/me/session", headers: [cookie])
        let token = try #require(answer.json["csrf_token"] as? String)
        return try await shore.call(
            "/api/v1/users/nobody/password",
            method: "PUT",
            headers: [cookie, "Hawser-CSRF: \(token)"],
            body: #"{"password": "long enough for anybody"}"#
        ).status
    }

    @Test func `another's answer, state, nonce, verifier or code opens nothing`() async throws {
        try await lend { shore, provider in
            _ = try await shore.makeTenant("acme")
            try await provider.enter("ada", organisation: "acme", roles: ["fleet-admin"])
            let good = try await away(shore, provider, as: "ada")
            let other = try await away(shore, provider, as: "ada")
            func replaced(_ name: String, _ value: String) -> (String) -> String {
                { door in
                    door.split(separator: "&").map {
                        $0.hasPrefix(name + "=") ? "\(name)=\(value)" : String($0)
                    }.joined(separator: "&")
                }
            }
            let text = String(repeating: "a", count: 43)
            let nonce = try await away(shore, provider, as: "ada", replaced("nonce", text))
            let challenge = try await away(
                shore,
                provider,
                as: "ada",
                replaced("code_challenge", text)
            )
            for (path, cookie) in [
                // Another browser's sign-in, none, and one whose state was changed.
                (good.path, [other.cookie]), (good.path, []),
                (good.path.replacingOccurrences(of: "state=", with: "state=x"), [good.cookie]),
                (nonce.path, [nonce.cookie]), (challenge.path, [challenge.cookie]),
                (good.path + "&iss=https://evil.example", [good.cookie]),
            ] {
                let answer = try await shore.call(path, headers: cookie)
                #expect(answer.status == 401, "\(answer.body)")
                #expect(self.cookie("__Host-hawser", answer) == nil)
            }
            #expect(try await shore.call(good.path, headers: [good.cookie]).status == 200)
            // The code is used.
            #expect(try await shore.call(good.path, headers: [good.cookie]).status == 401)
            let strange = try await shore.call("/sign-in/with/nobody")
            #expect(strange.status == 404)
        }
    }

    @Test func `keys may be changed, and access tokens open the API while ID tokens do not`()
        async throws
    {
        try await lend { shore, provider in
            _ = try await shore.makeTenant("acme")
            try await provider.enter("ada", organisation: "acme", roles: ["fleet-viewer"])
            func tokens() async throws -> [String: Any] {
                let verifier = String(repeating: "v", count: 43)
                // SHA-256 of it, in base64url.
                let challenge = "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM"
                let door =
                    "\(provider.issuer)/auth?response_type=code&client_id=\(Glewlwyd.clientID)"
                    + "&redirect_uri=https%3A%2F%2Flocalhost%3A8443%2Fsign-in%2Foidc%2Fcallback"
                    + "&scope=openid&state=s&nonce=nonce&code_challenge=\(challenge)"
                    + "&code_challenge_method=S256"
                let back = try await provider.authorize(door, as: "ada")
                let items = URLComponents(string: back)?.queryItems ?? []
                let code = try #require(items.first { $0.name == "code" }?.value)
                return try await provider.tokens(code: code, verifier: verifier)
            }
            func report(_ token: String) async throws -> Int {
                try await shore.call("/api/v1/fleet/report?format=json", token: token).status
            }
            let before = try await tokens()
            let access = try #require(before["access_token"] as? String)
            let identity = try #require(before["id_token"] as? String)
            #expect(try await report(access) == 200)
            #expect(try await report(identity) == 401)
            let body = access.split(separator: ".")
            let changed = "\(body[0]).\(body[1]).\(String(body[2].reversed()))"
            #expect(try await report(changed) == 401)

            try await provider.rotateKeys()
            let after = try #require(try await tokens()["access_token"] as? String)
            // Unknown keys are looked for twice a minute at most.
            try await eventually("the new key is fetched", timeout: .seconds(240)) {
                try await report(after) == 200
            }
            // The old key was withdrawn, and its tokens with it.
            #expect(try await report(access) == 401)
        }
    }

    @Test func `a provider behind an authority of its own is trusted where it is named`()
        async throws
    {
        // Another shore stands for it: no provider, but one with such a certificate.
        try await Shore.lend { other in
            try await withTemporaryDirectory { folder in
                for (line, words) in [
                    ("ca_file: \(other.data)/authority/ca.crt", "answered 404"),
                    ("label: Main", "can't be reached"),
                ] {
                    let file = folder + "/core-server.yml"
                    try """
                    public_url: https://localhost:8443
                    oidc:
                      - name: main
                        issuer: https://127.0.0.1:\(other.apiPort)
                        \(line)
                        client_id: hawser
                        tenant: acme
                        roles_claim: roles
                        roles:
                          fleet-admin: admin
                    """.write(toFile: file, atomically: true, encoding: .utf8)
                    try await Shore.lend(arguments: ["--config", file]) { shore in
                        let answer = try await shore.call(Self.start)
                        #expect(answer.status == 503, "it may be tried again")
                        #expect(answer.body.contains(words), "\(answer.body)")
                    }
                }
            }
        }
    }
}
