import CoreDomain
import FleetTestSupport
import Foundation
import Testing

/// The terminal's way in, against a real server.
@Suite(.shore, .timeLimit(.minutes(5)))
struct HawserCommandTests {
    private let shore: Shore

    init() throws { shore = try Shore.current() }

    private struct Outcome {
        let status: FleetTestSupport.ExitStatus
        let output: String
        let error: String
    }

    /// Runs `hawser` as somebody with this token.
    private func hawser(_ arguments: String..., token: String) async throws -> Outcome {
        try await hawser(words: arguments, token: token)
    }

    /// - Parameters:
    ///   - words: the arguments.
    ///   - input: a file for standard input.
    private func hawser(
        words: [String],
        token: String,
        input: String? = nil
    ) async throws -> Outcome {
        var environment = ProcessRunner.inherited.filter { !$0.key.hasPrefix("HAWSER_") }
        environment["HAWSER_URL"] = "https://127.0.0.1:\(shore.apiPort)"
        environment["HAWSER_CA"] = "\(shore.data)/authority/ca.crt"
        environment["HAWSER_TOKEN"] = token
        let program = try Products.path("hawser")
        let runner =
            input.map { file in
                ProcessRunner(
                    "/bin/sh",
                    ["-c", #"program=$1; file=$2; shift 2; exec "$program" "$@" < "$file""#, "-"]
                        + [program, file] + words,
                    environment: environment
                )
            } ?? ProcessRunner(program, words, environment: environment)
        return try await withProcess(runner) { process in
            let status = try await process.waitForExit(timeout: .seconds(60))
            return Outcome(
                status: status,
                output: process.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines),
                error: process.standardError.trimmingCharacters(in: .whitespacesAndNewlines)
            )
        }
    }

    @Test func `a ship is entered, labelled, found, enrolled and revoked`() async throws {
        let tenant = try await shore.makeTenant("terminal")
        let token = try await shore.makeToken(tenant, role: .admin)
        let made = try await hawser(
            "ships",
            "create",
            "name=aurora",
            #"labels={"class": "tanker"}"#,
            token: token
        )
        #expect(made.status == .exited(0), "\(made.error)")
        let changed = try await hawser("ships", "change", "aurora", "owner=Blue", token: token)
        #expect(changed.status == .exited(0), "\(changed.error)")
        let listed = try await hawser("ships", token: token)
        #expect(listed.output.contains("SHIP"))
        #expect(listed.output.contains("aurora"))
        #expect(listed.output.contains("class=tanker"))
        #expect(listed.output.contains("Blue"))
        let enrolment = try await hawser("ships", "enrol", "aurora", token: token)
        #expect(enrolment.output.hasPrefix("hwe."), "\(enrolment.error)")
        let report = try await hawser("report", "aurora", token: token)
        #expect(report.output.contains("aurora"))
        let revoked = try await hawser("ships", "revoke", "aurora", token: token)
        #expect(revoked.output == "aurora is revoked", "\(revoked.error)")
        let audit = try await hawser("audit", "list", "action=ship.revoke", token: token)
        #expect(audit.output.contains("ship/aurora"), "\(audit.error)")
    }

    @Test func `somebody gets a role over a fleet for a time, and a token, and no more`()
        async throws
    {
        let tenant = try await shore.makeTenant("roles")
        let admin = try await shore.makeToken(tenant, role: .admin)
        for command in [
            ["ships", "create", "name=north", #"labels={"region": "north"}"#],
            ["ships", "create", "name=south", #"labels={"region": "south"}"#],
            ["fleets", "create", "name=northern", #"selector={"region": ["north"]}"#],
            ["users", "create", "name=anna", "kind=person", "display_name=Anna"],
            ["bindings", "create", "user=anna", "role=operator", "fleet=northern"],
        ] {
            let done = try await hawser(words: command, token: admin)
            #expect(done.status == .exited(0), "\(command): \(done.error)")
        }
        let made = try await hawser(
            "tokens",
            "create",
            "user=anna",
            "name=laptop",
            token: admin
        )
        #expect(made.output.hasPrefix("hwt."), "\(made.error)")
        let seen = try await hawser("ships", "list", "--output", "json", token: made.output)
        let items = try #require(
            try JSONSerialization.jsonObject(with: Data(seen.output.utf8)) as? [[String: Any]]
        )
        #expect(items.compactMap { $0["name"] as? String } == ["north"])
        let refused = try await hawser("users", "list", token: made.output)
        #expect(refused.status == .exited(1))
        #expect(refused.error.contains("users.read"))
        #expect(refused.error.split(separator: "\n").count == 1)
    }

    @Test func `a password is read from standard input, and never shown`() async throws {
        let tenant = try await shore.makeTenant("passwords")
        let admin = try await shore.makeToken(tenant, role: .admin)
        let made = try await hawser("users", "create", "name=anna", token: admin)
        #expect(made.status == .exited(0), "\(made.error)")
        try await withTemporaryDirectory { folder in
            let file = folder + "/password"
            for (password, code) in [("a long enough one", Int32(0)), ("short", 1)] {
                try "\(password)\n".write(toFile: file, atomically: true, encoding: .utf8)
                let outcome = try await hawser(
                    words: ["users", "password", "anna"],
                    token: admin,
                    input: file
                )
                #expect(outcome.status == .exited(code), "\(outcome.error)")
                #expect(!(outcome.output + outcome.error).contains(password))
            }
        }
        let shown = try await hawser("users", "show", "anna", token: admin)
        #expect(shown.output.contains("has_password  yes"), "\(shown.output)")
    }

    @Test func `one limit is set, and the others stay`() async throws {
        let tenant = try await shore.makeTenant("limits")
        let system = try await shore.makeToken(
            Tenant(id: .system, name: "system"),
            role: .system
        )
        for field in ["api_burst=7", "ships=50", "ships=null"] {
            let set = try await hawser(
                "quotas",
                "set",
                field,
                "--tenant",
                tenant.name,
                token: system
            )
            #expect(set.status == .exited(0), "\(set.error)")
        }
        let shown = try await hawser("quotas", "--tenant", tenant.name, token: system)
        let lines = shown.output.split(separator: "\n").map { line in
            line.split(separator: " ").map(String.init)
        }
        #expect(lines.first == ["LIMIT", "OWN", "HOLDS", "USED"])
        #expect(lines.first { $0.first == "api_burst" }?[1...2] == ["7", "7"])
        #expect(lines.first { $0.first == "ships" }?[1] == "–")
    }

    @Test func `trouble is one line, and never the token`() async throws {
        let wrong = try await hawser("me", token: "hwt.1.1.no-such-token")
        #expect(wrong.status == .exited(1))
        #expect(wrong.error.split(separator: "\n").count == 1)
        #expect(!wrong.error.contains("no-such-token"))
        let tenant = try await shore.makeTenant("lines")
        let token = try await shore.makeToken(tenant, role: .admin)
        for words in [
            ["ships", "show", "nobody"], ["ships", "create", "name=NOT A SLUG"],
            ["ships", "create", "colour=red"], ["ships", "create", "red"],
        ] {
            let outcome = try await hawser(words: words, token: token)
            #expect(outcome.status == .exited(1), "\(words)")
            #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
        }
    }
}
