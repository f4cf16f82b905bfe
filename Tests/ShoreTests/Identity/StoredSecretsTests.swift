import CoreDomain
import CorePostgres
import CoreTestSupport
import FleetIdentity
import FleetModel
import FleetRuntime
import FleetTestSupport
import Foundation
import Testing

/// Whoever steals a copy of the database gets no secret with it.
@Suite(.timeLimit(.minutes(10)))
struct StoredSecretsTests {
    private static let password = "an unmistakable password 1618"
    private static let clientSecret = "oidc-client-secret-2718281828459045"
    private static let forwardToken = "forwarding-token-3141592653589793"

    /// As text, and as `pg_dump` and JSON write bytes.
    private struct Secret {
        let what: String
        let bytes: [UInt8]

        init(_ what: String, _ bytes: [UInt8]) {
            self.what = what
            self.bytes = bytes
        }

        init(_ what: String, _ text: String) { self.init(what, Array(text.utf8)) }

        func stands(in dump: String) -> Bool {
            let data = Data(bytes)
            let base64 = data.base64EncodedString().filter { $0 != "=" }
            var forms = [
                bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(), base64,
                base64.replacingOccurrences(of: "+", with: "-")
                    .replacingOccurrences(of: "/", with: "_"),
            ]
            if let text = String(bytes: bytes, encoding: .utf8) { forms.append(text) }
            return forms.contains { dump.contains($0) }
        }
    }

    private func dump(_ shore: Shore) async throws -> String {
        try await withTemporaryDirectory { folder in
            let runner = ProcessRunner(
                try PostgresPrograms.find().path("pg_dump"),
                [
                    "--dbname", shore.database.superuserConnectionString, "--inserts", "--file",
                    folder + "/dump.sql",
                ]
            )
            return try await withProcess(runner) { process in
                let status = try await process.waitForExit(timeout: .seconds(240))
                #expect(status == .exited(0), "\(process.standardError)")
                return try String(contentsOfFile: folder + "/dump.sql", encoding: .utf8)
            }
        }
    }

    /// Those of the company and its people, each made as in real life.
    private func live(_ shore: Shore, _ tenant: Tenant) async throws -> [Secret] {
        var secrets = [Secret("password", Self.password)]
        try await shore.enterPerson("ada", of: tenant, role: .admin, password: Self.password)
        let fields =
            "tenant=acme&name=ada&password="
            + Self.password.replacingOccurrences(of: " ", with: "+")
        let session = try await shore.call(
            "/sign-in",
            method: "POST",
            headers: ["Content-Type: application/x-www-form-urlencoded"],
            body: fields
        )
        let cookie = try #require(session["set-cookie"]).prefix { $0 != ";" }
        secrets += Self.parts("session", String(cookie.dropFirst("__Host-hawser=".count)))
        let own = try await shore.call("/api/v1/me/session", headers: ["Cookie: \(cookie)"])
        secrets.append(Secret("CSRF token", try #require(own.json["csrf_token"] as? String)))
        let token = try await shore.makeToken(tenant, role: .admin)
        secrets += Self.parts("token", token)
        // With keys, so that the answers are kept.
        for (path, body, member) in [
            ("ships", #"{"name": "aurora"}"#, "enrolment_token"),
            ("ships/aurora/enrolment-tokens", "{}", "token"),
            ("users", #"{"name": "ci", "kind": "service"}"#, nil),
            ("tokens", #"{"user": "ci", "name": "laptop"}"#, "token"),
        ] as [(String, String, String?)] {
            let made = try await shore.call(
                "/api/v1/\(path)",
                method: "POST",
                token: token,
                headers: [
                    "Content-Type: application/json",
                    "Idempotency-Key: \(path.filter { $0 != "/" })",
                ],
                body: body
            )
            #expect(made.status == 201, "\(path): \(made.body)")
            guard let member else { continue }
            secrets += Self.parts(path, try #require(made.json[member] as? String))
        }
        return secrets
    }

    /// A token as a whole, and its longest part, which is the secret.
    private static func parts(_ what: String, _ token: String) -> [Secret] {
        let words = token.split(separator: ".").map(String.init)
        let secret = words.count > 4 ? words[3] : words.last ?? token
        return [Secret(what, token), Secret("\(what)'s own part", secret)]
    }

    private func files(_ shore: Shore, _ tenant: Tenant) async throws -> [Secret] {
        var secrets = [
            Secret("OIDC client secret", Self.clientSecret),
            Secret("forwarding token", Self.forwardToken),
        ]
        for name in ["seal.key", "sign.key", "ca.key"] {
            guard let bytes = try? AtomicFile.read("\(shore.data)/authority/\(name)", limit: 65_536)
            else { continue }
            secrets.append(Secret(name, bytes))
        }
        #expect(secrets.count == 5)
        let authority = try await shore.authorities.authority(of: tenant.id)
        secrets.append(Secret("the tenant's authority", authority.key.pem))
        let lines = authority.key.pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }
        let der = try #require(Data(base64Encoded: lines.joined()))
        #expect(der.count == 138, "PKCS#8 of P-256")
        secrets.append(Secret("the tenant's authority", Array(der)))
        // The number alone, as some write keys.
        secrets.append(Secret("the tenant's authority", Array(der[36..<68])))
        return secrets
    }

    @Test func `a dump of the database holds no secret in clear`() async throws {
        try await withTemporaryDirectory { folder in
            for (name, text) in [("client", Self.clientSecret), ("forward", Self.forwardToken)] {
                try AtomicFile.write(text: text + "\n", to: "\(folder)/\(name)", mode: 0o600)
            }
            let file = folder + "/core-server.yml"
            try """
            public_url: https://localhost:8443
            oidc:
              - name: main
                issuer: https://127.0.0.1:9/realm
                client_id: hawser
                client_secret_file: \(folder)/client
                tenant: acme
                roles_claim: roles
                roles:
                  fleet-admin: admin
            forward:
              - name: onward
                tenant: acme
                url: http://127.0.0.1:9/write
                token_file: \(folder)/forward
            """.write(toFile: file, atomically: true, encoding: .utf8)
            try await Shore.lend(arguments: ["--config", file]) { shore in
                let tenant = try await shore.makeTenant("acme")
                let secrets =
                    try await live(shore, tenant) + (try await files(shore, tenant))
                // The server has looked after all that it looks after by itself.
                try await eventually("the forwarding has begun") {
                    try await shore.look(
                        "SELECT kind AS value FROM hawser.jobs WHERE kind LIKE 'forward%'"
                    ).isEmpty == false
                }
                let clean = try await dump(shore)
                #expect(clean.contains("'acme'"))
                let hash = try await shore.look(
                    "SELECT encode(secret_hash, 'hex') AS value FROM hawser.api_tokens LIMIT 1"
                )
                #expect(clean.contains(hash[0]), "bytes are not written as they are looked for")
                for secret in secrets where secret.stands(in: clean) {
                    Issue.record("\(secret.what) stands in the dump")
                }

                // The same search finds what is put there.
                let text = try #require(secrets.first)
                let bytes = try #require(secrets.last)
                let hex = bytes.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                try await shore.plant(
                    """
                    UPDATE hawser.ships SET owner = '\(Self.password)';
                    UPDATE hawser.tenant_authorities SET sealed_key = '\\x\(hex)'
                    """
                )
                let dirty = try await dump(shore)
                #expect(text.stands(in: dirty))
                #expect(bytes.stands(in: dirty))
            }
        }
    }
}
