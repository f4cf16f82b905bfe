import CoreDomain
import FleetModel
import FleetRuntime
import FleetTestSupport
import Foundation
import Testing

/// Everything secret that passes through the programs, looked for in everything that they say.
@Suite(.timeLimit(.minutes(10)))
struct SecretsTests {
    private static let password = "an unmistakable password 1618"
    private static let wrongPassword = "a wrong password nobody has 1414"
    private static let signingSecret = "signing-secret-0123456789-abcdefghijklmn"

    @Test func `no secret is in a log, an answer that does not give it, a metric or an address`()
        async throws
    {
        try await Shore.lend(arguments: ["--log-level", "debug"]) { shore in
            let tenant = try await shore.makeTenant("acme")
            var secrets = [Self.password, Self.wrongPassword]
            var said: [String] = []

            // Somebody who signs in, changes passwords, and mistypes.
            try await shore.enterPerson("ada", of: tenant, role: .admin, password: Self.password)
            let form = "application/x-www-form-urlencoded"
            func signIn(_ fields: String) async throws -> APIResponse {
                let answer = try await shore.call(
                    "/sign-in",
                    method: "POST",
                    headers: ["Content-Type: \(form)"],
                    body: fields
                )
                said.append(answer.body)
                said.append(answer["location"] ?? "")
                return answer
            }
            func escaped(_ text: String) -> String { text.replacingOccurrences(of: " ", with: "+") }
            let session = try await signIn(
                "tenant=acme&name=ada&password=\(escaped(Self.password))"
            )
            let cookie = try #require(session["set-cookie"]).prefix { $0 != ";" }
            let secret = String(cookie.dropFirst("__Host-hawser=".count))
            #expect(secret.hasPrefix("hws."))
            secrets.append(secret)
            _ = try await signIn("tenant=acme&name=ada&password=\(escaped(Self.wrongPassword))")
            let own = try await shore.call("/api/v1/me/session", headers: ["Cookie: \(cookie)"])
            let changeToken = try #require(own.json["csrf_token"] as? String)
            secrets.append(changeToken)

            // Tokens: a good one, one too short by a letter, one in the wrong place.
            let token = try await shore.makeToken(tenant, role: .admin)
            let wrong = String(token.dropLast(2)) + "__"
            secrets += [token, wrong, String(token.suffix(40))]
            _ = try await signIn("token=\(wrong)")
            _ = try await signIn("token=\(token)x")
            for (path, method, headers, body) in [
                ("/api/v1/fleet/report", "GET", ["Authorization: Bearer \(token)"], nil),
                ("/api/v1/fleet/report", "GET", ["Authorization: Bearer \(wrong)"], nil),
                ("/api/v1/fleet/report", "GET", ["Authorization: Basic \(token)"], nil),
                ("/api/v1/fleet/report", "GET", ["Cookie: \(cookie)x"], nil),
                ("/api/v1/fleet/report?token=\(token)", "GET", [], nil),
                ("/api/v1/ships/none/report", "GET", ["Authorization: Bearer \(token)"], nil),
                (
                    "/api/v1/users/bob/password", "PUT", ["Authorization: Bearer \(token)"],
                    #"{"password": "\#(Self.password)"}"#
                ),
                (
                    "/api/v1/users/ada/password", "PUT", ["Authorization: Bearer \(token)"],
                    #"{"password": ["\#(Self.password)"]}"#
                ),
                (
                    "/api/v1/me/password", "PUT",
                    ["Cookie: \(cookie)", "Hawser-CSRF: \(changeToken)"],
                    #"{"present_password": "\#(Self.wrongPassword)", "password": "\#(Self.password)"}"#
                ),
                (
                    "/api/v1/enrolments", "POST", [],
                    #"{"token": "\#(wrong)", "request": "\#(Self.password)"}"#
                ),
            ] as [(String, String, [String], String?)] {
                let answer = try await shore.call(
                    path,
                    method: method,
                    headers: headers,
                    body: body
                )
                said.append(answer.body)
                said += answer.headers.map { "\($0.name): \($0.value)" }
            }

            // A ship that enrols, and runs with keys for those who send to it.
            said += try await aboard(shore, tenant, secrets: &secrets)

            said.append(try await shore.call("/metrics").body)
            said.append(shore.log)
            for path in ["/authority/ca.key", "/authority/server.key"] {
                guard let key = try? String(contentsOfFile: shore.data + path, encoding: .utf8)
                else { continue }
                secrets += key.split(separator: "\n").filter { $0.count > 40 }.map(String.init)
            }
            secrets.append("PRIVATE KEY")
            #expect(shore.log.contains("debug"), "the log is not one of debug level")
            for (number, secret) in secrets.enumerated() {
                for text in said {
                    guard let range = text.range(of: secret) else { continue }
                    // Without the secret itself.
                    let before = text[..<range.lowerBound].suffix(160)
                    Issue.record("secret \(number) is told after: \(before)")
                }
            }
        }
    }

    private func aboard(
        _ shore: Shore,
        _ tenant: Tenant,
        secrets: inout [String]
    ) async throws -> [String] {
        let created = try await shore.ships.create(
            tenant: tenant.id,
            name: "aurora",
            tokenLasting: .seconds(600),
            at: .now,
            for: .command("test")
        )
        secrets += [created.enrolmentToken, String(created.enrolmentToken.suffix(100))]
        secrets.append(Self.signingSecret)
        return try await withTemporaryDirectory { folder in
            let agent = try Products.path("ship-agent")
            try AtomicFile.write(text: created.enrolmentToken, to: folder + "/token")
            try AtomicFile.write(text: "bridge \(Self.signingSecret)\n", to: folder + "/signing")
            var said: [String] = []
            // The second time the token is used.
            for data in ["/data", "/again"] {
                said += try await withProcess(
                    agent,
                    [
                        "enrol", "--data", folder + data, "--server",
                        "https://127.0.0.1:\(shore.apiPort)", "--token-file", folder + "/token",
                        "--sync", "127.0.0.1:\(shore.syncPort)",
                    ]
                ) { process in
                    _ = try await process.waitForExit(timeout: .seconds(240))
                    return [process.standardOutput, process.standardError]
                }
            }
            try """
            data: \(folder)/data
            log_level: debug
            http_listen: 127.0.0.1:\(try FreePort.find())
            http_signing_keys_file: \(folder)/signing
            """.write(toFile: folder + "/ship.yml", atomically: true, encoding: .utf8)
            said += try await withProcess(agent, ["run", "--config", folder + "/ship.yml"]) {
                process in
                try await eventually("the ship's agent runs at debug level") {
                    process.standardError.contains("debug") && process.standardError.count > 500
                }
                try await Task.sleep(for: .seconds(1))
                return [process.standardOutput, process.standardError]
            }
            return said
        }
    }
}
