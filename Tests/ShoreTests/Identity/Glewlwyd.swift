import FleetTestSupport
import Foundation

/// A real OpenID Connect provider with a database of its own: Debian's glewlwyd.
struct Glewlwyd: Sendable {
    static let clientID = "hawser"
    static let clientSecret = "glewlwyd-client-secret-3141"
    static let password = "glewlwyd-password-2718"
    static let callback = "https://localhost:8443/sign-in/oidc/callback"

    /// What curl answered.
    struct Answer {
        let status: Int
        let location: String?
        let body: String

        var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
        }
    }

    let folder: String
    let port: Int

    var issuer: String { "http://127.0.0.1:\(port)/api/oidc" }

    /// Lends one with a client until the body ends.
    static func lend<Result>(_ body: (Glewlwyd) async throws -> Result) async throws -> Result {
        try await withTemporaryDirectory { folder in
            let port = try FreePort.find()
            let server = Glewlwyd(folder: folder, port: port)
            try await server.run("/usr/bin/python3", ["-c", Self.makeDatabase, folder + "/g.db"])
            try server.configuration.write(
                toFile: folder + "/g.conf",
                atomically: true,
                encoding: .utf8
            )
            return try await withProcess(
                "/usr/bin/glewlwyd",
                ["-c", folder + "/g.conf"]
            ) { process in
                // Its own log goes to the console; it answers once it listens.
                try await eventually("glewlwyd answers", timeout: .seconds(240)) {
                    try await server.call("GET", "http://127.0.0.1:\(port)/config")?.status == 200
                }
                try await server.prepare()
                return try await body(server)
            }
        }
    }

    private static let makeDatabase = """
        import sqlite3, sys
        schema = open("/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3").read()
        sqlite3.connect(sys.argv[1]).executescript(schema)
        """

    private var configuration: String {
        """
        port=\(port)
        bind_address="127.0.0.1"
        external_url="http://127.0.0.1:\(port)"
        login_url="login.html"
        api_prefix="api"
        allow_origin="*"
        allow_methods="GET, POST, PUT, DELETE, OPTIONS"
        log_mode="console"
        log_level="WARNING"
        cookie_secure=0
        session_expiration=3600
        session_key="GLEWLWYD2_SESSION_ID"
        admin_session_authentication="cookie"
        profile_session_authentication="cookie"
        allow_multiple_user_per_session=false
        login_api_enabled=true
        max_post_size=16778240
        admin_scope="g_admin"
        profile_scope="g_profile"
        user_module_path="/usr/lib/glewlwyd/user"
        client_module_path="/usr/lib/glewlwyd/client"
        user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
        plugin_module_path="/usr/lib/glewlwyd/plugin"
        hash_algorithm="SHA512"
        database={ type="sqlite3"; path="\(folder)/g.db"; };
        """
    }

    @discardableResult
    private func run(_ program: String, _ arguments: [String]) async throws -> String {
        try await withProcess(ProcessRunner(program, arguments)) { process in
            guard try await process.waitForExit().isSuccess else { return "" }
            return process.standardOutput
        }
    }

    /// Asks it with curl, as whom the jar of cookies says.
    ///
    /// - Returns: `nil` where it does not answer.
    func call(
        _ method: String,
        _ path: String,
        _ body: Any? = nil,
        form: [(String, String)] = [],
        user: String? = nil,
        as jar: String = "admin"
    ) async throws -> Answer? {
        let url = path.hasPrefix("http") ? path : "http://127.0.0.1:\(port)/api\(path)"
        let cookies = "\(folder)/\(jar).jar"
        var arguments = [
            "-sS", "-X", method, "-b", cookies, "-c", cookies, "-w",
            "\n%{http_code} %{redirect_url}",
        ]
        if let body {
            let bytes = try JSONSerialization.data(withJSONObject: body)
            arguments += ["-H", "Content-Type: application/json"]
            arguments += ["-d", String(decoding: bytes, as: UTF8.self)]
        }
        for (name, value) in form { arguments += ["--data-urlencode", "\(name)=\(value)"] }
        if let user { arguments += ["-u", user] }
        let output = try await run("/usr/bin/curl", arguments + [url])
        guard let end = output.range(of: "\n", options: .backwards) else { return nil }
        let words = output[end.upperBound...].split(separator: " ")
        guard let status = words.first.flatMap({ Int($0) }), status > 0 else { return nil }
        return Answer(
            status: status,
            location: words.count > 1 ? String(words[1]) : nil,
            body: String(output[..<end.lowerBound])
        )
    }

    private func must(
        _ method: String,
        _ path: String,
        _ body: Any? = nil,
        as jar: String = "admin"
    ) async throws {
        let answer = try await call(method, path, body, as: jar)
        guard answer?.status == 200 else {
            throw GlewlwydFailure(what: "\(method) \(path): \(answer?.body ?? "no answer")")
        }
    }

    private func prepare() async throws {
        try await must("POST", "/auth/", ["username": "admin", "password": "password"])
        // What users have beside a name: it is told in claims.
        guard var module = try await call("GET", "/mod/user/database")?.json,
            var parameters = module["parameters"] as? [String: Any],
            var format = parameters["data-format"] as? [String: Any]
        else { throw GlewlwydFailure(what: "the user module is not there") }
        for (name, isList) in [("organisation", false), ("roles", true)] {
            format[name] = [
                "multiple": isList, "read": true, "write": true, "profile-read": true,
                "profile-write": false,
            ]
        }
        parameters["data-format"] = format
        module["parameters"] = parameters
        try await must("PUT", "/mod/user/database", module)
        try await must("PUT", "/mod/user/database/reset")
        try await must(
            "POST",
            "/mod/plugin/",
            [
                "module": "oidc", "name": "oidc", "display_name": "oidc",
                "parameters": try await plugin(),
            ]
        )
        try await must(
            "POST",
            "/client/",
            [
                "client_id": Self.clientID, "name": "hawser", "confidential": true,
                "client_secret": Self.clientSecret, "password": Self.clientSecret,
                "redirect_uri": [Self.callback], "authorization_type": ["code"],
                "enabled": true, "scope": [], "token_endpoint_auth_method": ["client_secret_basic"],
            ]
        )
    }

    /// Its settings, with a key pair drawn anew.
    private func plugin() async throws -> [String: Any] {
        let name = "\(folder)/\(UInt64.random(in: 0 ... .max))"
        try await run("/usr/bin/openssl", ["genrsa", "-out", name + ".key", "2048"])
        try await run(
            "/usr/bin/openssl",
            ["rsa", "-in", name + ".key", "-pubout", "-out", name + ".pub"]
        )
        func claim(_ name: String) -> [String: Any] {
            [
                "name": name, "user-property": name, "type": "string", "mandatory": true,
                "on-demand": false, "scope": [],
            ]
        }
        func property(_ name: String) -> [String: Any] {
            ["user-parameter": name, "token-parameter": name]
        }
        return [
            "iss": issuer, "jwt-type": "rsa", "jwt-key-size": "256",
            "key": try String(contentsOfFile: name + ".key", encoding: .utf8),
            "cert": try String(contentsOfFile: name + ".pub", encoding: .utf8),
            "access-token-duration": 3600, "refresh-token-duration": 3600, "code-duration": 600,
            "refresh-token-rolling": false, "allow-non-oidc": false,
            "auth-type-code-enabled": true, "auth-type-token-enabled": false,
            "auth-type-id-token-enabled": true, "auth-type-none-enabled": false,
            "auth-type-password-enabled": false, "auth-type-client-enabled": false,
            "auth-type-device-enabled": false, "auth-type-refresh-enabled": true,
            "jwks-show": true, "subject-type": "public", "pkce-allowed": true,
            "pkce-method-plain-allowed": false, "name-claim": "mandatory", "email-claim": "no",
            "scope-claim": "no", "claims": [claim("organisation"), claim("roles")],
            "additional-parameters": [property("organisation"), property("roles")],
        ]
    }

    /// From here on it signs with another key, and shows that one alone.
    func rotateKeys() async throws {
        guard var module = try await call("GET", "/mod/plugin/oidc")?.json else {
            throw GlewlwydFailure(what: "the plugin is not there")
        }
        module["parameters"] = try await plugin()
        try await must("PUT", "/mod/plugin/oidc", module)
        try await must("PUT", "/mod/plugin/oidc/reset")
    }

    /// Enters a user, who signs in there and trusts the client.
    func enter(_ name: String, organisation: String?, roles: [String]) async throws {
        var user: [String: Any] = [
            "username": name, "name": name.capitalized, "password": Self.password,
            "scope": ["openid", "g_profile"], "enabled": true, "roles": roles,
        ]
        if let organisation { user["organisation"] = organisation }
        try await must("POST", "/user/", user)
        try await must(
            "POST",
            "/auth/",
            ["username": name, "password": Self.password],
            as: name
        )
        try await must("PUT", "/auth/grant/\(Self.clientID)", ["scope": "openid"], as: name)
    }

    /// The browser of a user at the provider's door.
    ///
    /// - Returns: where it is sent back to.
    func authorize(_ location: String, as user: String) async throws -> String {
        let answer = try await call("GET", location + "&g_continue", as: user)
        guard let back = answer?.location else {
            throw GlewlwydFailure(what: "the door leads nowhere: \(answer?.body ?? "")")
        }
        return back
    }

    /// A code for tokens, as another client of the provider would.
    func tokens(code: String, verifier: String) async throws -> [String: Any] {
        try await call(
            "POST",
            "/oidc/token",
            form: [
                ("grant_type", "authorization_code"), ("code", code),
                ("redirect_uri", Self.callback), ("code_verifier", verifier),
            ],
            user: "\(Self.clientID):\(Self.clientSecret)",
            as: "nobody"
        )?.json ?? [:]
    }
}

struct GlewlwydFailure: Error, CustomStringConvertible {
    let what: String

    var description: String { "glewlwyd: \(what)" }
}
