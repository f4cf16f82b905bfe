import AsyncHTTPClient
import FleetModel
import FleetRuntime
import NIOCore
import NIOHTTP1
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

        func percentile(_ share: Double) -> Double {
            let sorted = milliseconds.sorted()
            guard !sorted.isEmpty else { return .nan }
            return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
        }
    }

    let url: String
    /// What a client of that number asks next; `nil` is the URL over and over.
    var compose: (@Sendable (Int) -> HTTPClientRequest)?
    /// PEM: whom to trust; `nil` without TLS.
    var authority: String?
    /// The header of that name.
    var authorization: String?
    var connections = 64
    /// Requests a second of all together; `nil` is as many as are answered.
    var rate: Double?

    func run(for duration: Duration) async throws -> Outcome {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let authority {
            tls.trustRoots = .certificates([
                try NIOSSLCertificate(bytes: Array(authority.utf8), format: .pem)
            ])
        }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        let client = HTTPClient(configuration: configuration)
        do {
            let outcome = try await run(client, for: duration)
            try await client.shutdown()
            return outcome
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    private func run(_ client: HTTPClient, for duration: Duration) async throws -> Outcome {
        // Connections are made before the clock counts.
        let before = try await round(client, until: .now + .milliseconds(500))
        var outcome = try await round(client, until: .now + duration)
        outcome.warmUp = before.milliseconds.count
        return outcome
    }

    private func round(
        _ client: HTTPClient,
        until end: ContinuousClock.Instant
    ) async throws -> Outcome {
        await withTaskGroup(of: Outcome.self) { group in
            for index in 0..<connections {
                group.addTask { await ask(client, index, until: end) }
            }
            var sum = Outcome()
            for await outcome in group { sum.add(outcome) }
            return sum
        }
    }

    private func ask(
        _ client: HTTPClient,
        _ index: Int,
        until end: ContinuousClock.Instant
    ) async -> Outcome {
        var outcome = Outcome()
        let constant = HTTPClientRequest(url: url)
        let pause = rate.map { Duration.seconds(Double(connections) / $0) }
        var due = ContinuousClock.now
        if let pause { due += pause * (Double(index) / Double(connections)) }
        while ContinuousClock.now < end {
            if let pause {
                try? await Task.sleep(until: due, clock: .continuous)
                due += pause
            }
            var request = compose?(index) ?? constant
            if let authorization {
                request.headers.add(name: "Authorization", value: authorization)
            }
            let started = ContinuousClock.now
            do {
                let response = try await client.execute(request, timeout: .seconds(30))
                let body = try await response.body.collect(upTo: 1_000_000)
                switch response.status {
                case .ok:
                    outcome.milliseconds.append((ContinuousClock.now - started).inSeconds * 1000)
                case .tooManyRequests: outcome.refused += 1
                default:
                    outcome.failed += 1
                    outcome.failure = "\(response.status.code) \(String(buffer: body).prefix(300))"
                }
            } catch {
                outcome.failed += 1
                outcome.failure = "\(error)"
            }
        }
        return outcome
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
