import CoreDeploy
import CoreDomain
import FleetDeploy
import FleetModel
import FleetRuntime
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

/// Somebody else's last word on orders, by OPA's data API: over real HTTP, from a server of this test.
@Suite(.timeLimit(.minutes(10)))
struct PolicyServerTests {
    private static let path = "/v1/data/hawser/release"

    /// A server that answers so, as the document says that it got and the header that came with it.
    private func withServer(
        _ answer: @escaping @Sendable (_ input: JSONValue?, _ token: String) async throws -> String,
        _ body: @escaping @Sendable (_ port: Int) async throws -> Void
    ) async throws {
        let router = Router()
        router.post("/v1/data/hawser/release") { request, _ in
            let buffer = try await request.body.collect(upTo: 65_536)
            let document = try JSONDecoder().decode(
                JSONValue.self,
                from: Data(buffer.readableBytesView)
            )
            let token = request.headers[.authorization] ?? ""
            return try await answer(document["input"], token)
        }
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let server = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                continuation.yield(channel.localAddress?.port ?? 0)
                continuation.finish()
            }
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            for await port in ports {
                try await body(port)
                break
            }
            group.cancelAll()
        }
    }

    private func client(
        _ port: Int,
        token: String? = nil,
        limit: Duration = .seconds(60)
    ) -> PolicyServer {
        PolicyServerClient(
            url: "http://127.0.0.1:\(port)\(Self.path)",
            token: token.map { Secret($0) },
            authorityFile: nil,
            limit: limit
        ).server
    }

    @Test func `an order goes where the server says so, with everything that it asked by`()
        async throws
    {
        try await withServer({ input, token in
            let ship = input?["ship"]?["name"]
            let isKnown = token == "Bearer hush" && input?["action"] == .string("release")
            let model = input?["deployment"]?["model_version"]
            guard isKnown, model == .integer(1) else { return "{}" }
            return ship == .string("s001")
                ? #"{"result": true}"#
                : #"{"result": {"allow": false, "reasons": ["not in\nwinter"]}}"#
        }) { port in
            try await DeployShore.lend { shore in
                try await shore.addShips(2)
                try await shore.addVersion(1)
                let scene = ReleaseScene(shore)
                let made = try await scene.start("first", ships: ["s001", "s002"])
                let server = client(port, token: "hush")
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
            try await withServer({ _, _ in answer }) { port in
                #expect(await client(port).objection(to: question) == objection, "\(answer)")
            }
        }
        try await withServer({ _, _ in
            try await Task.sleep(for: .seconds(600))
            return #"{"result": true}"#
        }) { port in
            let slow = client(port, limit: .milliseconds(200))
            #expect(
                await slow.objection(to: question) == "the policy server gives no answer"
            )
        }
        let large = String(repeating: " ", count: PolicyServer.answerLimit) + #"{"result": true}"#
        try await withServer({ _, _ in large }) { port in
            #expect(
                await client(port).objection(to: question) == "the policy server gives no answer"
            )
        }
        // Nobody listens there any more.
        #expect(await client(1).objection(to: question) == "the policy server gives no answer")
    }

    @Test func `questions leave this machine over TLS alone`() {
        for url in [
            "https://opa.example.com/v1/data/x", "http://127.0.0.1:8181/v1/data/x",
            "http://[::1]:8181/v1/data/x", "http://localhost/v1/data/x",
        ] { #expect(PolicyServerClient.isSafe(url), "\(url)") }
        for url in [
            "http://opa.example.com/v1/data/x", "http://127.0.0.1.example.com/", "https://",
            "http://localhost.example.com:1/", "ftp://localhost/", "",
            "http://127.0.0.1:80@example.com/",
        ] { #expect(!PolicyServerClient.isSafe(url), "\(url)") }
    }
}
