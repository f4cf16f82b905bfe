import AsyncHTTPClient
import CoreDeploy
import CoreDomain
import FleetRuntime
import NIOCore
import NIOHTTP1
import NIOSSL

/// Asks a policy server over HTTP, each time within a limit.
struct PolicyServerClient: Sendable {
    /// Of OPA's data API: `https://opa.example.com/v1/data/hawser/release`.
    private let url: String
    private let token: Secret?
    /// PEM of whom to trust in place of the system's authorities.
    private let authorityFile: String?
    private let limit: Duration

    init(url: String, token: Secret?, authorityFile: String?, limit: Duration) {
        self.url = url
        self.token = token
        self.authorityFile = authorityFile
        self.limit = limit
    }

    var server: PolicyServer { PolicyServer { try await send($0) } }

    private func send(_ body: [UInt8]) async throws -> [UInt8] {
        var message = HTTPClientRequest(url: url)
        message.method = .POST
        message.headers.add(name: "user-agent", value: "hawser/\(CoreServerVersion.text)")
        message.headers.add(name: "content-type", value: "application/json")
        if let token {
            message.headers.add(name: "authorization", value: "Bearer \(token.reveal())")
        }
        message.body = .bytes(ByteBuffer(bytes: body))
        let (request, configuration) = (message, try configuration())
        return try await Deadline.run(within: limit) {
            try await HTTPClient.withHTTPClient(configuration: configuration) { client in
                let answer = try await client.execute(request, timeout: .hours(1))
                guard answer.status == .ok else {
                    throw DomainError(.conflict, "the policy server answers \(answer.status.code)")
                }
                let buffer = try await answer.body.collect(upTo: PolicyServer.answerLimit)
                return Array(buffer.readableBytesView)
            }
        }
    }

    private func configuration() throws -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        if let authorityFile {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authorityFile))
            configuration.tlsConfiguration = tls
        }
        configuration.redirectConfiguration = .disallow
        configuration.decompression = .disabled
        return configuration
    }
}
