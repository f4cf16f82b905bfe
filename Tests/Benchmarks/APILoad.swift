import AsyncHTTPClient
import FleetModel
import FleetRuntime
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Clients of an HTTP service that ask for one thing over and over.
struct APILoad: Sendable {
    /// What came of it.
    struct Outcome: Sendable {
        var milliseconds: [Double] = []
        var refused = 0
        /// Answers from before the clock counted.
        var warmUp = 0
        var failed = 0
        /// What the first that failed was told.
        var failure: String?

        mutating func add(_ other: Outcome) {
            milliseconds += other.milliseconds
            refused += other.refused
            warmUp += other.warmUp
            failed += other.failed
            failure = failure ?? other.failure
        }

        mutating func add(status: Int, milliseconds: Double, _ beginning: String) {
            switch status {
            case 200: self.milliseconds.append(milliseconds)
            case 429: refused += 1
            default: fail("\(status) \(beginning.prefix(300))")
            }
        }

        mutating func fail(_ reason: String) {
            failed += 1
            failure = failure ?? reason
        }

        func percentile(_ share: Double) -> Double {
            let sorted = milliseconds.sorted()
            guard !sorted.isEmpty else { return .nan }
            return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
        }
    }

    /// Scheme, host and port, then what stands before each request's path.
    let url: String
    /// What a client of that number asks next; `nil` is the URL over and over.
    var compose: (@Sendable (Int) -> LoadRequest)?
    /// PEM: whom to trust; `nil` without TLS.
    var authority: String?
    /// The header of that name.
    var authorization: String?
    var connections = 64
    /// Requests a second of all together; `nil` is as many as are answered.
    var rate: Double?

    /// Host and port.
    var host: String { url.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

    private var path: String { "/" + url.split(separator: "/").dropFirst(2).joined(separator: "/") }

    func run(for duration: Duration) async throws -> Outcome {
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            // Connections and their like are made before the clock counts.
            let before = try await round(loops, until: .now + .milliseconds(500))
            var outcome = try await round(loops, until: .now + duration)
            outcome.warmUp = before.milliseconds.count
            try await loops.shutdownGracefully()
            return outcome
        } catch {
            try await loops.shutdownGracefully()
            throw error
        }
    }

    private func round(
        _ loops: MultiThreadedEventLoopGroup,
        until end: ContinuousClock.Instant
    ) async throws -> Outcome {
        let secrets = try makeSecrets()
        return await withTaskGroup(of: Outcome.self) { group in
            for index in 0..<connections {
                group.addTask { await ask(loops.next(), secrets, index, until: end) }
            }
            var sum = Outcome()
            for await outcome in group { sum.add(outcome) }
            return sum
        }
    }

    private func makeSecrets() throws -> NIOSSLContext? {
        guard let authority else { return nil }
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates([
            try NIOSSLCertificate(bytes: Array(authority.utf8), format: .pem)
        ])
        return try NIOSSLContext(configuration: tls)
    }

    /// Connects anew where the server ends a connection.
    private func ask(
        _ loop: any EventLoop,
        _ secrets: NIOSSLContext?,
        _ index: Int,
        until end: ContinuousClock.Instant
    ) async -> Outcome {
        var sum = Outcome()
        let began = ContinuousClock.now
        while ContinuousClock.now < end, sum.failed < 100 {
            do {
                sum.add(try await connect(loop, secrets, index, began, until: end))
            } catch {
                sum.fail("\(error)")
            }
        }
        return sum
    }

    private func connect(
        _ loop: any EventLoop,
        _ secrets: NIOSSLContext?,
        _ index: Int,
        _ began: ContinuousClock.Instant,
        until end: ContinuousClock.Instant
    ) async throws -> Outcome {
        let parts = host.split(separator: ":")
        guard parts.count == 2, let port = Int(parts[1]) else {
            throw CommandError("\(url) has no host and port")
        }
        let finished = loop.makePromise(of: Outcome.self)
        let pause = rate.map { Duration.seconds(Double(connections) / $0) }
        let constant = LoadRequest(path: path)
        do {
            let client = ClientBootstrap(group: loop)
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
            _ = try await client.channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let secrets {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: secrets, serverHostname: nil)
                        )
                    }
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    var due = began
                    if let pause { due += pause * (Double(index) / Double(connections)) }
                    let handler = LoadConnection(self, until: end, finished) {
                        let request = compose?(index) ?? constant
                        guard let pause else { return (request, nil) }
                        defer { due += pause }
                        return (request, due)
                    }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }.connect(host: String(parts[0]), port: port).get()
        } catch {
            finished.fail(error)
        }
        return try await finished.futureResult.get()
    }
}

extension APILoad {
    /// - Throws: where it is not answered with 200.
    static func put(
        _ body: String,
        to url: String,
        authority: String,
        headers: [(String, String)]
    ) async throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates([
            try NIOSSLCertificate(bytes: Array(authority.utf8), format: .pem)
        ])
        let client = HTTPClient(configuration: HTTPClient.Configuration(tlsConfiguration: tls))
        var request = HTTPClientRequest(url: url)
        request.method = .PUT
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(string: body))
        do {
            let status = try await client.execute(request, timeout: .seconds(30)).status
            try await client.shutdown()
            guard status == .ok else { throw CommandError("\(url) answered \(status.code)") }
        } catch {
            try? await client.shutdown()
            throw error
        }
    }
}
