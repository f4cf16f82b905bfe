import CoreDeploy
import CoreDomain
import FleetDeploy
import FleetModel
import FleetRuntime
import FoundationEssentials
import Testing

/// Somebody else's last word on orders, in the documents of OPA's data API.
@Suite(.timeLimit(.minutes(10)))
struct PolicyServerTests {
    /// A server that answers so to what it is asked.
    private func server(
        _ answer: @escaping @Sendable (_ input: JSONValue?) -> String
    ) -> PolicyServer {
        PolicyServer { body in
            let document = try JSONDecoder().decode(JSONValue.self, from: Data(body))
            return Array(answer(document["input"]).utf8)
        }
    }

    @Test func `an order goes where the server says so, with everything that it asked by`()
        async throws
    {
        let server = server { input in
            let ship = input?["ship"]?["name"]
            let model = input?["deployment"]?["model_version"]
            guard input?["action"] == .string("release"), model == .integer(1) else { return "{}" }
            return ship == .string("s001")
                ? #"{"result": true}"#
                : #"{"result": {"allow": false, "reasons": ["not in\nwinter"]}}"#
        }
        try await DeployShore.lend { shore in
            try await shore.addShips(2)
            try await shore.addVersion(1)
            let scene = ReleaseScene(shore)
            let made = try await scene.start("first", ships: ["s001", "s002"])
            #expect(try await scene.contact(1, taken: 1, asking: server).count == 1)
            #expect(try await scene.contact(2, taken: 1, asking: server).isEmpty)
            let reason = try await scene.reason("s002", in: made)
            #expect(reason == "the policy server says no: not in winter")
            let events = try await shore.texts(
                """
                SELECT kind || ' ' || to_state AS value FROM hawser.deployment_events
                WHERE kind IN ('policy', 'release') ORDER BY event_id
                """
            )
            #expect(events == ["policy allowed", "release awaiting_reconnect"])
        }
    }

    @Test func `no answer in time, none that can be read and none at all are each a no`()
        async throws
    {
        let question = PolicyQuestion(
            tenant: "1",
            at: "2026-11-02T00:00:00Z",
            ship: PolicyQuestion.Ship(name: "s001", labels: [:]),
            deployment: PolicyQuestion.Deployment(
                id: 1,
                name: "first",
                slot: "engine",
                model: "anomaly",
                modelVersion: 1,
                digest: "",
                planDigest: "",
                mode: "live",
                wave: 1,
                bytes: 0
            )
        )
        let answers: [(answer: String, objection: String?)] = [
            (#"{"result": true}"#, nil), (#"{"result": {"allow": true}}"#, nil),
            (#"{"result": false}"#, "the policy server says no"),
            (#"{"result": {"allow": "yes"}}"#, "the policy server says no"),
            ("{}", "the policy server has no rule that says yes or no"),
            (#"{"result": "true"}"#, "the policy server has no rule that says yes or no"),
            ("true", "the policy server's answer can't be read"),
        ]
        for (answer, objection) in answers {
            #expect(await server { _ in answer }.objection(to: question) == objection, "\(answer)")
        }
        let large = String(repeating: " ", count: PolicyServer.answerLimit) + #"{"result": true}"#
        let unread = await server { _ in large }.objection(to: question)
        #expect(unread == "the policy server's answer can't be read")
        let silent = PolicyServer { _ in throw DomainError(.conflict, "it is not there") }
        let none = await silent.objection(to: question)
        #expect(none == "the policy server gives no answer")
    }

    @Test func `questions leave this machine over TLS alone`() {
        for url in [
            "https://opa.example.com/v1/data/x", "http://127.0.0.1:8181/v1/data/x",
            "http://[::1]:8181/v1/data/x", "http://localhost/v1/data/x",
        ] { #expect(PolicyServer.isSafe(url), "\(url)") }
        for url in [
            "http://opa.example.com/v1/data/x", "http://127.0.0.1.example.com/", "https://",
            "http://localhost.example.com:1/", "ftp://localhost/", "",
            "http://127.0.0.1:80@example.com/",
        ] { #expect(!PolicyServer.isSafe(url), "\(url)") }
    }
}
