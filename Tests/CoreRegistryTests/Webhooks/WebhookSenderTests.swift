import CoreRegistry
import FleetModel
import FleetRuntime
import Synchronization
import Testing

/// Where a webhook may go, by what its host's name means at the moment.
struct WebhookSenderTests {
    /// A network in which names mean what a test says, and which takes everything.
    private final class PaperNetwork: WebhookTransport {
        private let names: Mutex<[String: [String]]>
        private let asked = Mutex<[WebhookRequest]>([])

        init(_ names: [String: [String]]) { self.names = Mutex(names) }

        var requests: [WebhookRequest] { asked.withLock { $0 } }

        func move(_ name: String, to addresses: [String]) {
            names.withLock { $0[name] = addresses }
        }

        func addresses(of host: String) async throws -> [NetworkAddress] {
            names.withLock { $0[host] ?? [] }.compactMap(NetworkAddress.init)
        }

        func send(_ request: WebhookRequest) async -> WebhookAnswer {
            asked.withLock { $0.append(request) }
            return .answered(status: 200, body: "")
        }
    }

    private func sends(
        to url: String,
        names: [String: [String]] = [:],
        allowing list: [String]? = nil
    ) async throws -> Bool {
        let network = PaperNetwork(names)
        let targets = try list.map { try #require(WebhookTargets($0)) } ?? WebhookTargets()
        let sender = WebhookSender(targets: targets, transport: network, clock: .system)
        let answer = await sender.send("{}", id: "1", to: url, secret: nil, attempt: 1)
        #expect(answer.isSuccess == (network.requests.count == 1))
        return answer.isSuccess
    }

    @Test(
        arguments: [
            ["127.0.0.1"], ["::1"], ["::ffff:127.0.0.1"], ["10.1.2.3"], ["169.254.169.254"],
            ["100.64.1.1"], ["8.8.8.8", "10.0.0.1"], ["8.8.8.8", "fe80::1"], [],
        ]
    )
    func `a name that means anything within is refused`(_ addresses: [String]) async throws {
        #expect(
            try await !sends(
                to: "https://hooks.example.com/",
                names: ["hooks.example.com": addresses]
            )
        )
    }

    @Test(
        arguments: [
            "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/", "https://[::127.0.0.1]/", "https://[64:ff9b::7f00:1]/",
            "https://0.0.0.0/", "https://[::]/", "https://169.254.169.254/latest/meta-data",
            "https://localhost/", "https://127.1/", "https://2130706433/", "http://8.8.8.8/",
        ]
    )
    func `an inner address is refused however it is written, and so is http`(
        _ url: String
    ) async throws {
        let names = [
            "localhost": ["127.0.0.1"], "127.1": ["127.0.0.1"], "2130706433": ["127.0.0.1"],
        ]
        #expect(try await !sends(to: url, names: names))
    }

    @Test func `a name of the world is asked at the address that was looked at`() async throws {
        let network = PaperNetwork(["hooks.example.com": ["8.8.8.8", "2606:4700::1111"]])
        let sender = WebhookSender(targets: WebhookTargets(), transport: network, clock: .system)
        for attempt in 1...3 {
            let answer = await sender.send(
                "{}",
                id: "1",
                to: "https://hooks.example.com/x",
                secret: nil,
                attempt: attempt
            )
            #expect(answer.isSuccess)
        }
        // It moves within, as names do that their owner means to.
        network.move("hooks.example.com", to: ["127.0.0.1"])
        let answer = await sender.send(
            "{}",
            id: "1",
            to: "https://hooks.example.com/x",
            secret: nil,
            attempt: 4
        )
        #expect(!answer.isSuccess)
        #expect(network.requests.map { "\($0.address)" }.count == 3)
        #expect(Set(network.requests.map { "\($0.address)" }).count == 2)
    }

    @Test func `with a list, what is on it may be within, and all else may not be asked`()
        async throws
    {
        let names = [
            "inner.example.com": ["10.1.2.3"], "world.example.com": ["8.8.8.8"],
            "both.example.com": ["10.1.2.3", "8.8.8.8"],
        ]
        for (url, list, isSent) in [
            ("https://inner.example.com/", ["inner.example.com"], true),
            ("https://inner.example.com:8443/", ["inner.example.com"], false),
            ("https://inner.example.com:8443/", ["inner.example.com:8443"], true),
            ("https://world.example.com/", ["inner.example.com"], false),
            ("http://inner.example.com/", ["inner.example.com"], false),
            ("http://inner.example.com/", ["http://inner.example.com"], true),
            ("https://inner.example.com/", ["10.1.0.0/16"], true),
            ("https://inner.example.com/", ["10.2.0.0/16"], false),
            ("https://both.example.com/", ["10.1.0.0/16"], false),
            ("http://10.1.2.3/", ["10.1.0.0/16"], false),
            ("http://10.1.2.3/", ["http://10.1.0.0/16"], true),
            ("https://[::ffff:10.1.2.3]/", ["10.1.0.0/16"], false),
        ] {
            #expect(
                try await sends(to: url, names: names, allowing: list) == isSent,
                "\(url) \(list)"
            )
        }
    }
}
