import CoreDomain
import FleetTestSupport
import Foundation
import Testing

/// The terminal's way in, against a real server.
@Suite(.shore, .timeLimit(.minutes(10)))
struct HawserCommandTests {
    private let shore: Shore
    private let hawser: HawserProgram

    init() throws {
        shore = try Shore.current()
        hawser = HawserProgram(shore)
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

    /// The members of a JSON object that the program printed.
    private func members(_ outcome: HawserProgram.Outcome) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any],
            "\(outcome.error)"
        )
    }

    @Test func `quotas are set one by one by an operator, and what was set before stays`()
        async throws
    {
        let tenant = try await shore.makeTenant("limited")
        let admin = try await shore.makeToken(tenant, role: .admin)
        let operators = try await shore.makeToken(
            Tenant(id: .system, name: "system"),
            role: .system
        )
        for words in [["ships=7", "api_burst=900"], ["labels_per_ship=3"], ["ships=8"]] {
            let set = try await hawser(
                words: ["quotas", "set", "--tenant", "limited"] + words,
                token: operators
            )
            #expect(set.status == .exited(0), "\(set.error)")
        }
        let shown = try await hawser("quotas", "show", token: admin)
        let rows = shown.output.split(separator: "\n").map { line in
            line.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        }
        #expect(rows.first == ["LIMIT", "ITS", "OWN", "HOLDS", "USED"], "\(shown.error)")
        #expect(rows.contains(["ships", "8", "8", "0"]), "\(shown.output)")
        #expect(rows.contains(["labels_per_ship", "3", "3", "–"]), "\(shown.output)")
        #expect(rows.contains { $0.prefix(3) == ["api_burst", "900", "900"] }, "\(shown.output)")
        let json = try members(try await hawser("quotas", "-o", "json", token: admin))
        #expect((json["limits"] as? [String: Any])?["ships"] as? Int == 8)
        let none = try await hawser(
            "quotas",
            "set",
            "--tenant",
            "limited",
            "ships=null",
            "-o",
            "json",
            token: operators
        )
        let limits = try #require(try members(none)["limits"] as? [String: Any])
        #expect(limits["ships"] is NSNull)
        #expect(limits["api_burst"] as? Int == 900)
        // A tenant's own admin may not, and a limit that makes no sense is refused.
        let own = try await hawser("quotas", "set", "ships=9", token: admin)
        #expect(own.status == .exited(1))
        #expect(own.error.contains("quotas.write"))
        for words in [["ships=-1"], ["ships=many"], ["crew=4"]] {
            let refused = try await hawser(
                words: ["quotas", "set", "--tenant", "limited"] + words,
                token: operators
            )
            #expect(refused.status == .exited(1), "\(words)")
            #expect(refused.error.split(separator: "\n").count <= 2, "\(refused.error)")
        }
    }

    @Test func `retention and the labels' policy are changed in part`() async throws {
        let tenant = try await shore.makeTenant("settled")
        let token = try await shore.makeToken(tenant, role: .admin)
        let raw = try await hawser("retention", "set", "raw_days=31", token: token)
        #expect(raw.status == .exited(0), "\(raw.error)")
        let logs = try await hawser("retention", "set", "log_days=14", "-o", "json", token: token)
        let days = try members(logs)
        #expect(days["raw_days"] as? Int == 31)
        #expect(days["log_days"] as? Int == 14)
        let shown = try await hawser("retention", token: token)
        #expect(shown.output.contains("raw_days"))
        let wrong = try await hawser("retention", "set", "hour_days=1", token: token)
        #expect(wrong.status == .exited(1))
        #expect(!wrong.error.isEmpty)

        let required = try await hawser(
            "label-policy",
            "set",
            #"required=["class"]"#,
            "label_limit=4",
            token: token
        )
        #expect(required.status == .exited(0), "\(required.error)")
        let allowed = try await hawser(
            "label-policy",
            "set",
            #"allowed=["class", "region"]"#,
            "-o",
            "json",
            token: token
        )
        let policy = try members(allowed)
        #expect(policy["required"] as? [String] == ["class"])
        #expect(policy["label_limit"] as? Int == 4)
        #expect(policy["allowed"] as? [String] == ["class", "region"])
        let any = try await hawser(
            "label-policy",
            "set",
            "allowed=null",
            "-o",
            "json",
            token: token
        )
        #expect(try members(any)["allowed"] as? [String] == nil)
        #expect(try members(any)["required"] as? [String] == ["class"])
        let ship = try await hawser("ships", "create", "name=bare", token: token)
        #expect(ship.status == .exited(1))
        #expect(ship.error.contains("class"), "\(ship.error)")
    }

    @Test func `keys are listed and rotated, and usage comes as a table and as JSON`() async throws
    {
        let tenant = try await shore.makeTenant("keyed")
        let token = try await shore.makeToken(tenant, role: .admin)
        let rotated = try await hawser("keys", "rotate", "-o", "json", token: token)
        let number = try #require(try members(rotated)["number"] as? Int, "\(rotated.error)")
        let listed = try await hawser("keys", token: token)
        let rows = listed.output.split(separator: "\n")
        #expect(rows.first?.hasPrefix("KEY") == true, "\(listed.error)")
        #expect(rows.dropFirst().first?.hasPrefix("\(number) ") == true, "\(listed.output)")
        #expect(rows.dropFirst().first?.hasSuffix("–") == true, "\(listed.output)")

        // Requests are counted within seconds.
        try await eventually("the day's requests are counted") {
            let csv = try await hawser("usage", token: token)
            #expect(csv.output.hasPrefix("tenant,day,samples,"), "\(csv.error)")
            return csv.output.contains("\nkeyed,")
        }
        let json = try members(
            try await hawser("usage", "--from", "2026-01-01", "-o", "json", token: token)
        )
        let usage = try #require(json["days"] as? [[String: Any]])
        #expect(usage.contains { ($0["api_requests"] as? Int ?? 0) > 0 })
        let wrong = try await hawser("usage", "--from", "yesterday", token: token)
        #expect(wrong.status == .exited(1))
    }

    @Test func `the audit is exported and verified, and one letter changed is found`() async throws
    {
        let tenant = try await shore.makeTenant("evidence")
        let token = try await shore.makeToken(tenant, role: .admin)
        for name in ["aurora", "borealis"] {
            let made = try await hawser(
                "ships",
                "create",
                "name=\(name)",
                "--reason",
                "bought in Oslo",
                token: token
            )
            #expect(made.status == .exited(0), "\(made.error)")
        }
        let listed = try await hawser("audit", "list", "--limit", "2", token: token)
        #expect(listed.output.split(separator: "\n").count == 3, "\(listed.error)")
        #expect(listed.output.contains("bought in Oslo"))
        try await withTemporaryDirectory { folder in
            let file = folder + "/audit.jsonl"
            let written = try await hawser("audit", "export", file, token: token)
            #expect(written.status == .exited(0), "\(written.error)")
            let twice = try await hawser("audit", "export", file, token: token)
            #expect(twice.status == .exited(1))
            let keys = "\(shore.data)/authority/sign.pub"
            // Without a token or a server: what is asked for is not there to be asked.
            let good = try await hawser("audit", "verify", file, "--keys", keys, token: "")
            #expect(good.status == .exited(0), "\(good.error)")
            #expect(good.output.contains("none altered"))
            let text = try String(contentsOfFile: file, encoding: .utf8)
            let place = try #require(text.range(of: "bought in Oslo"))
            try text.replacingCharacters(in: place, with: "bought in Osle")
                .write(toFile: file, atomically: true, encoding: .utf8)
            let bad = try await hawser("audit", "verify", file, "--keys", keys, token: "")
            #expect(bad.status == .exited(1))
            #expect(bad.error.contains("first bad entry"), "\(bad.error)")
            #expect(bad.error.split(separator: "\n").count == 1)
        }
    }

    @Test func `a ship's last contact is in the table`() async throws {
        let tenant = try await shore.makeTenant("contacted")
        let token = try await shore.makeToken(tenant, role: .admin)
        let ship = try await shore.makeShip("aurora", of: tenant)
        let before = try await hawser("ships", "show", "aurora", "-o", "json", token: token)
        #expect(try members(before)["last_contact_at"] == nil)
        let session = try await RawSession.open(shore, ship)
        try await eventually("the contact is told") {
            let shown = try await hawser("ships", "show", "aurora", "-o", "json", token: token)
            return try members(shown)["last_contact_at"] is String
        }
        session.close()
        let listed = try await hawser("ships", token: token)
        #expect(listed.output.contains("LAST CONTACT"))
        #expect(listed.output.contains("Z"))
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
}
