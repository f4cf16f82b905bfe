import Crypto
import FleetIdentity
import FleetModel
import FleetRuntime
import FleetTestSupport
import Logging
import NIOCore
import NIOHTTP1
import ShipIntake
import ShipStore
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(10)))
struct HTTPIntakeTests {
    /// Says what it was given.
    private static let echo = IntakeRoute(.POST, "/echo", bodyLimit: 4096) { request in
        IntakeResponse(
            .ok,
            text: "\(request.client) \(request.query) \(String(buffer: request.body))"
        )
    }

    private static func post(
        _ body: String,
        _ headers: String = "",
        to path: String = "/echo"
    )
        -> String
    {
        "POST \(path) HTTP/1.1\r\nhost: ship\r\nconnection: close\r\n\(headers)"
            + "content-length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test func `a request reaches its route, whole`() async throws {
        let answer = try await Listener.with(routes: [Self.echo]) {
            try await RawClient.exchange(port: $0.port, Self.post("hello", to: "/echo?a=b"))
        }
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.hasSuffix("127.0.0.1 a=b hello"))
    }

    @Test func `one connection serves request after request, pipelined ones too`() async throws {
        let one = "POST /echo HTTP/1.1\r\nhost: ship\r\ncontent-length: 3\r\n\r\none"
        let answer = try await Listener.with(routes: [Self.echo]) {
            try await RawClient.exchange(port: $0.port, one + one + Self.post("two"))
        }
        #expect(answer.ranges(of: "HTTP/1.1 200 OK").count == 3)
        #expect(answer.ranges(of: " one").count == 2)
        #expect(answer.hasSuffix(" two"))
    }

    @Test func `chunked bodies and clients that ask before they send are served`() async throws {
        let chunked =
            "POST /echo HTTP/1.1\r\nhost: ship\r\nexpect: 100-continue\r\n"
            + "transfer-encoding: chunked\r\nconnection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        let answer = try await Listener.with(routes: [Self.echo]) {
            try await RawClient.exchange(port: $0.port, chunked)
        }
        #expect(answer.hasPrefix("HTTP/1.1 100 Continue\r\n"))
        #expect(answer.hasSuffix(" abcde"))
    }

    @Test(arguments: [
        (
            "GET /echo HTTP/1.1\r\nhost: ship\r\nconnection: close\r\n\r\n", 405,
            "method_not_allowed"
        ),
        ("GET /no HTTP/1.1\r\nhost: ship\r\nconnection: close\r\n\r\n", 404, "not_found"),
        (post("x", "origin: http://evil\r\n"), 403, "browser"),
        (
            "POST /echo HTTP/1.1\r\nhost: ship\r\ncontent-length: 4097\r\n\r\n", 413,
            "body_too_large"
        ),
    ])
    func `what is refused says why`(request: String, status: Int, word: String) async throws {
        let answer = try await Listener.with(routes: [Self.echo]) {
            try await RawClient.exchange(port: $0.port, request)
        }
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
        #expect(answer.contains("application/problem+json"))
        #expect(answer.contains("urn:hawser:problem:\(word)"))
    }

    @Test func `a chunked body is cut off at the limit, not read to its end`() async throws {
        let head =
            "POST /echo HTTP/1.1\r\nhost: ship\r\ntransfer-encoding: chunked\r\n\r\n1001\r\n"
        let answer = try await Listener.with(routes: [Self.echo]) { listener in
            try await RawClient.with(port: listener.port) { connection in
                try await connection.send(Array(head.utf8) + [UInt8](repeating: 0x61, count: 4097))
                return try await connection.receiveAll()
            }
        }
        #expect(answer.hasPrefix("HTTP/1.1 413 "))
    }

    @Test func `headers above the limit are refused`() async throws {
        let answer = try await Listener.with(routes: [Self.echo]) {
            let filler = String(repeating: "a", count: 9000)
            return try await RawClient.exchange(port: $0.port, Self.post("x", "x-a: \(filler)\r\n"))
        }
        #expect(answer.hasPrefix("HTTP/1.1 4"))
        #expect(!answer.contains("200"))
    }

    @Test func `when bodies fill the memory, more are told to come later`() async throws {
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let held = IntakeRoute(.POST, "/held", bodyLimit: 4096) { _ in
            start.yield()
            for await _ in released { break }
            return IntakeResponse(.ok, text: "done")
        }
        try await Listener.with(routes: [Self.echo, held], bodyBytesInMemory: 4096) { listener in
            let body = String(repeating: "a", count: 4000)
            async let first = RawClient.exchange(
                port: listener.port,
                Self.post(body, to: "/held")
            )
            for await _ in started { break }
            let second = try await RawClient.exchange(port: listener.port, Self.post(body))
            #expect(second.hasPrefix("HTTP/1.1 429 "))
            #expect(second.contains("retry-after: 1\r\n"))
            #expect(second.contains("urn:hawser:problem:no_memory"))
            release.yield()
            #expect(try await first.hasSuffix("done"))
            let third = try await RawClient.exchange(port: listener.port, Self.post(body))
            #expect(third.hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func `a client above its rate is told when to come again`() async throws {
        // All at once: on a busy machine one after the other may take a second each.
        let answers = try await Listener.with(routes: [Self.echo], requestsPerSecond: 1) {
            listener in
            let port = listener.port
            return try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<30 {
                    group.addTask { try await RawClient.exchange(port: port, Self.post("x")) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
        #expect(answers.contains { $0.hasPrefix("HTTP/1.1 200 ") })
        let refused = try #require(answers.first { $0.hasPrefix("HTTP/1.1 429 ") })
        #expect(refused.contains("retry-after: 1\r\n"))
    }

    @Test func `more connections than allowed are ended, and later ones are served`() async throws {
        try await Listener.with(routes: [Self.echo], connections: 1) { listener in
            try await RawClient.with(port: listener.port) { first in
                try await first.send(Array("POST /echo HTTP/1.1\r\nhost: ship\r\n".utf8))
                // The first is known to be in when the second is sent away.
                _ = try await eventually("a connection too many is ended") {
                    let answer = try? await RawClient.exchange(
                        port: listener.port,
                        Self.post("x")
                    )
                    return answer?.isEmpty == true ? true : nil
                }
            }
            _ = try await eventually("there is room again") {
                let answer = try? await RawClient.exchange(port: listener.port, Self.post("x"))
                return answer?.hasPrefix("HTTP/1.1 200 ") == true ? true : nil
            }
        }
    }

    @Test func `errors of a route are problems that say whether to try again`() async throws {
        struct Odd: Error {}
        let full = IntakeRoute(.POST, "/full", bodyLimit: 10) { _ in
            throw StoreError(.full, "the disk is full")
        }
        let odd = IntakeRoute(.POST, "/odd", bodyLimit: 10) { _ in throw Odd() }
        try await Listener.with(routes: [full, odd]) { listener in
            let first = try await RawClient.exchange(
                port: listener.port,
                Self.post("x", to: "/full")
            )
            #expect(first.hasPrefix("HTTP/1.1 503 "))
            #expect(first.contains("retry-after: 5\r\n"))
            #expect(first.contains("the disk is full"))
            let second = try await RawClient.exchange(
                port: listener.port,
                Self.post("x", to: "/odd")
            )
            #expect(second.hasPrefix("HTTP/1.1 500 "))
            #expect(!second.contains("Odd"))
        }
    }

    @Test func `a listener that others can reach does not start without keys`() throws {
        #expect(throws: CommandError.self) {
            try HTTPIntake(
                HTTPIntake.Configuration(
                    address: IntakeAddress(host: "0.0.0.0", port: 0),
                    keys: IntakeKeys(apiKeys: nil, signingKeys: nil)
                ),
                routes: [],
                metrics: IntakeMetrics(MetricsRegistry()),
                clock: .system,
                logger: .init(label: "test")
            )
        }
    }

    @Test func `addresses know whether they are loopback`() {
        #expect(IntakeAddress("127.0.0.1:1")?.isLoopback == true)
        #expect(IntakeAddress("127.9.9.9:1")?.isLoopback == true)
        #expect(IntakeAddress("[::1]:1")?.isLoopback == true)
        #expect(IntakeAddress("localhost:1")?.isLoopback == true)
        #expect(IntakeAddress("0.0.0.0:1")?.isLoopback == false)
        #expect(IntakeAddress("[::]:1")?.isLoopback == false)
        #expect(IntakeAddress("10.0.0.1:1")?.isLoopback == false)
        #expect(IntakeAddress("engine-room:1") == nil)
        #expect(IntakeAddress("127.0.0.1") == nil)
        #expect(IntakeAddress("127.0.0.1:65536") == nil)
    }

    // MARK: Keys

    private static func hash(_ text: String) -> String {
        Hexadecimal.text(SHA256.hash(data: Array(text.utf8)))
    }

    @Test func `where keys are asked for, only who shows one is let in, under its name`()
        async throws
    {
        let keys = IntakeKeys(
            apiKeys: try APIKeys(lines: "# ours\nengine \(Self.hash("secret"))\n"),
            signingKeys: nil
        )
        try await Listener.with(routes: [Self.echo], keys: keys) { listener in
            let shown = [
                ("", 401), ("authorization: Bearer secret\r\n", 200),
                ("x-api-key: secret\r\n", 200),
                ("x-api-key: Secret\r\n", 401), ("authorization: Basic secret\r\n", 401),
            ]
            for (header, status) in shown {
                let answer = try await RawClient.exchange(
                    port: listener.port,
                    Self.post("x", header)
                )
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(header)")
                if status == 200 { #expect(answer.hasSuffix("engine  x")) }
            }
        }
    }

    @Test func `a signature is good for its request, once, and near its time`() async throws {
        let secret = String(repeating: "k", count: 32)
        let keys = IntakeKeys(
            apiKeys: nil,
            signingKeys: try SigningKeys(lines: "bridge \(secret)")
        )
        @Sendable func signed(at time: String, _ body: String, as sent: String? = nil) -> String {
            let text = "\(time)\nPOST\n/echo?q\n\(Self.hash(body))"
            let code = HMAC<SHA256>.authenticationCode(
                for: Array(text.utf8),
                using: SymmetricKey(data: Array(secret.utf8))
            )
            return Self.post(
                sent ?? body,
                "x-hawser-key: bridge\r\nx-hawser-timestamp: \(time)\r\n"
                    + "x-hawser-signature: \(Hexadecimal.text(code))\r\n",
                to: "/echo?q"
            )
        }
        let now = Listener.now.milliseconds / 1000
        try await Listener.with(routes: [Self.echo], keys: keys) { listener in
            let requests: [(String, Int)] = [
                (signed(at: "\(now)", "a"), 200), (signed(at: "\(now)", "a"), 401),
                (signed(at: "\(now).5", "a"), 200), (signed(at: "\(now)", "b", as: "c"), 401),
                (signed(at: "\(now - 301)", "a"), 401), (signed(at: "\(now + 301)", "a"), 401),
                (signed(at: "\(now - 299)", "a"), 200), (Self.post("a", to: "/echo?q"), 401),
            ]
            for (index, (request, status)) in requests.enumerated() {
                let answer = try await RawClient.exchange(port: listener.port, request)
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "request \(index)")
                if status == 200 { #expect(answer.contains("bridge q a")) }
            }
        }
    }

    @Test(arguments: ["", "name", "a b c", "a nothash", "# only\n"])
    func `a file of keys that can't be used is refused`(text: String) {
        #expect(throws: KeyFileError.self) { try APIKeys(lines: text) }
        #expect(throws: KeyFileError.self) { try SigningKeys(lines: text) }
    }
}
