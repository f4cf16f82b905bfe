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
}
