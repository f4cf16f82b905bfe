import CoreDomain
import FleetTestSupport
import Foundation
import Testing

/// Gates, promotions and webhooks from a terminal.
@Suite(.shore, .timeLimit(.minutes(10)))
struct RegistryCommandTests {
    @Test func `a version is promoted through a gate by one person and approved by another`()
        async throws
    {
        let shore = try Shore.current()
        let hawser = HawserProgram(shore)
        let tenant = try await shore.makeTenant("terminals")
        let admin = try await shore.makeToken(tenant, role: .admin)
        for (path, body) in [
            ("registered-models/create", #"{"name": "pump"}"#),
            ("model-versions/create", #"{"name": "pump", "source": "s3://lake/pump"}"#),
        ] {
            let answer = try await shore.call(
                "/api/2.0/mlflow/\(path)",
                method: "POST",
                token: admin,
                headers: ["Content-Type: application/json"],
                body: body
            )
            #expect(answer.status == 200, "\(answer.body)")
        }
        let gate = try await hawser(
            "gates",
            "create",
            "name=two-eyes",
            "target=champion",
            "approvals=1",
            token: admin
        )
        #expect(gate.status == .exited(0), "\(gate.error)")
        for words in [
            ["users", "create", "name=anna", "kind=person", "display_name=Anna"],
            ["bindings", "create", "user=anna", "role=operator"],
        ] {
            let done = try await hawser(words: words, token: admin)
            #expect(done.status == .exited(0), "\(words): \(done.error)")
        }
        let anna = try await hawser("tokens", "create", "user=anna", "name=laptop", token: admin)
        let asked = try await hawser(
            "promote",
            "pump",
            "1",
            "champion",
            "--reason",
            "better at sea",
            token: anna.output
        )
        #expect(asked.status == .exited(0), "\(asked.error)")
        #expect(asked.output.hasSuffix("is waiting"), "\(asked.output)")
        let number = try #require(asked.output.split(separator: " ").dropFirst().first)
        let own = try await hawser("approve", String(number), token: anna.output)
        #expect(own.status == .exited(1))
        let approved = try await hawser("approve", String(number), token: admin)
        #expect(approved.output.hasSuffix("is applied"), "\(approved.output) \(approved.error)")
        let listed = try await hawser("promotions", "list", "state=applied", token: admin)
        #expect(listed.output.contains("champion"))
    }

    @Test func `a webhook is made, shown and deleted, and its secret is not`() async throws {
        let shore = try Shore.current()
        let hawser = HawserProgram(shore)
        let admin = try await shore.makeToken(try await shore.makeTenant("hooks"), role: .admin)
        let refused = try await hawser(
            "webhooks",
            "create",
            "name=ci",
            "url=https://127.0.0.1/",
            #"events=["gate.failed"]"#,
            token: admin
        )
        #expect(refused.status == .exited(1))
        #expect(refused.error.contains("not public"), "\(refused.error)")
        let made = try await hawser(
            "webhooks",
            "create",
            "name=ci",
            "url=https://8.8.8.8/hooks",
            #"events=["gate.failed"]"#,
            "secret=open-sesame",
            "--output",
            "json",
            token: admin
        )
        #expect(made.status == .exited(0), "\(made.error)")
        let json = try JSONSerialization.jsonObject(with: Data(made.output.utf8)) as? [String: Any]
        let id = try #require(json?["id"] as? String)
        let shown = try await hawser("webhooks", "show", id, token: admin)
        #expect(shown.output.contains("gate.failed"))
        #expect(!(made.output + shown.output).contains("open-sesame"))
        let deliveries = try await hawser("webhooks", "deliveries", id, token: admin)
        #expect(deliveries.output.contains("ATTEMPTS"), "\(deliveries.output) \(deliveries.error)")
        let deleted = try await hawser("webhooks", "delete", id, token: admin)
        #expect(deleted.status == .exited(0), "\(deleted.error)")
    }

    @Test func `a directory is pushed as a bundle's version, looked at, and pulled again`()
        async throws
    {
        let shore = try Shore.current()
        let hawser = HawserProgram(shore)
        let tenant = try await shore.makeTenant("pushing")
        let worker = try await shore.makeToken(tenant, role: .operator)
        func run(_ words: String...) async throws -> HawserProgram.Outcome {
            try await hawser(words: words, token: worker)
        }
        try await withTemporaryDirectory { folder in
            let long = "deep/" + String(repeating: "directory/", count: 12) + "file.json"
            let big = String(repeating: "0123456789abcdef", count: 20_000)
            let files = [
                "agent.yaml": "rate: 5\n", long: #"{"rate": 6}"#, "empty": "", ".hidden": "h",
                "with blank": big, "ünï": "x", "exact": String(repeating: "e", count: 512),
            ]
            for (path, content) in files {
                let place = URL(fileURLWithPath: "\(folder)/in/\(path)")
                try FileManager.default.createDirectory(
                    at: place.deletingLastPathComponent(),
                    withIntermediateDirectories: true
                )
                try Data(content.utf8).write(to: place)
            }
            let made = try await run(
                "bundles",
                "create",
                "name=agent",
                #"schema={"properties": {"rate": {"maximum": 9}}}"#,
                "schema_files=*.yaml"
            )
            #expect(made.status == .exited(0), "\(made.error)")
            let pushed = try await run("bundles", "push", "agent", "\(folder)/in/")
            #expect(pushed.output == "version 1 of agent is made of 7 file(s)", "\(pushed.error)")
            let shown = try await run("versions", "show", "agent", "1")
            #expect(shown.output.contains(long) && shown.output.contains("SHA-256"))
            let json = try await run("versions", "show", "agent", "1", "--output", "json")
            #expect(json.output.contains("\"sha256\""), "\(json.output)")
            #expect(try await run("promote", "agent", "1", "live").status == .exited(0))
            let aliases = try await run("aliases", "agent")
            #expect(aliases.output.split(separator: "\n").count == 2, "\(aliases.output)")
            #expect(aliases.output.contains("live"))
            let pulled = try await run("bundles", "pull", "agent", "live", "\(folder)/out")
            #expect(pulled.status == .exited(0), "\(pulled.error)")
            for (path, content) in files {
                let found = try? Data(contentsOf: URL(fileURLWithPath: "\(folder)/out/\(path)"))
                #expect(found == Data(content.utf8), "\(path)")
            }
            #expect(TemporaryDirectory.names(in: folder) == ["in", "out"])
            let signed = try await run(
                "bundles",
                "pull",
                "agent",
                "live",
                "\(folder)/signed",
                "--release-key",
                "\(shore.data)/authority/release.pub"
            )
            #expect(signed.status == .exited(0), "\(signed.error)")
            let stranger = String(repeating: "5a", count: 32)
            try Data(stranger.utf8).write(to: URL(fileURLWithPath: "\(folder)/stranger.pub"))
            let foreign = try await run(
                "bundles",
                "pull",
                "agent",
                "live",
                "\(folder)/foreign",
                "--release-key",
                "\(folder)/stranger.pub"
            )
            #expect(foreign.status == .exited(1))
            #expect(foreign.error.contains("not signed by this release key"), "\(foreign.error)")
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/foreign"))
            let again = try await run("bundles", "pull", "agent", "1", "\(folder)/out")
            #expect(again.error.contains("exists already"), "\(again.error)")

            try Data("rate: 10\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/in/agent.yaml"))
            let refused = try await run("bundles", "push", "agent", "\(folder)/in")
            #expect(refused.status == .exited(1))
            #expect(refused.error.contains("agent.yaml: $.rate"), "\(refused.error)")
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/in/link",
                withDestinationPath: "/etc/passwd"
            )
            let linked = try await run("bundles", "push", "agent", "\(folder)/in")
            #expect(linked.error.contains("neither a file nor a directory"), "\(linked.error)")
            let listed = try await run("versions", "list", "agent")
            #expect(listed.output.split(separator: "\n").count == 2, "\(listed.output)")
        }
    }

    @Test func `models and gates are listed, shown and changed`() async throws {
        let model = try await GatedModel.make(try Shore.current(), "listing")
        let hawser = HawserProgram(model.shore)
        let version = try await model.version()
        #expect(try await model.setAlias("champion", version).status == 200)
        try await model.gate(
            "quality",
            before: "champion",
            #"{"tags": [{"key": "reviewed"}]}"#,
            approvals: 1,
            approvers: "reviewer"
        )
        let models = try await hawser("models", "list", "prefix=fra", token: model.scientist)
        #expect(models.output.contains("champion=\(version)"), "\(models.output)")
        let none = try await hawser("models", "list", "kind=bundle", token: model.scientist)
        #expect(!none.output.contains("fraud"))
        let shown = try await hawser("models", "show", "fraud", token: model.scientist)
        #expect(shown.output.contains("champion=\(version)"))
        let aliases = try await hawser("aliases", "fraud", token: model.scientist)
        #expect(aliases.output.contains("quality"), "\(aliases.output)")
        // What is not named stays as it is.
        let changed = try await hawser(
            "gates",
            "change",
            "quality",
            "approvals=2",
            token: model.admin
        )
        #expect(changed.status == .exited(0), "\(changed.error)")
        let gate = try await model.shore.call("/api/v1/gates/quality", token: model.admin)
        #expect(gate.json["approvals"] as? Int == 2, "\(gate.body)")
        #expect(gate.json["approvers"] as? String == "reviewer")
        #expect(gate.json["model"] as? String == "fraud")
        #expect(gate.body.contains("reviewed"))
        let help = try await hawser("gates", "change", "--help", token: model.admin)
        #expect(help.output.contains("other_role"), "\(help.output)")
    }
}
