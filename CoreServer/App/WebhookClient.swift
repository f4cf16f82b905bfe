import AsyncHTTPClient
import CoreRegistry
import FleetRuntime
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Carries webhooks over HTTP, each with a client of its own: connections of one host are never lent to
/// another, and the address is the one that was checked.
struct WebhookClient: WebhookTransport {
    private static let timeout = Duration.seconds(10)
    private static let lookupTimeout = Duration.seconds(5)
    /// What is read of an answer.
    private static let answerBytes = 4096
    private static let mostAddresses = 16

    /// PEM of whom to trust in place of the system's authorities.
    let authorityFile: String?

    func addresses(of host: String) async throws -> [NetworkAddress] {
        // It blocks, and can't be cancelled: who waits for it gives up before it does.
        try await Deadline.run(within: Self.lookupTimeout) {
            try await NIOThreadPool.singleton.runIfActive { Self.lookup(host) }
        }
    }

    private static func lookup(_ host: String) -> [NetworkAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var found: [NetworkAddress] = []
        var next = list
        while let entry = next?.pointee, found.count < mostAddresses {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let status = getnameinfo(
                entry.ai_addr,
                entry.ai_addrlen,
                &text,
                socklen_t(text.count),
                nil,
                0,
                NI_NUMERICHOST
            )
            let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            // One with a zone is of this machine's own network, and no address by itself.
            guard status == 0, let address = NetworkAddress(String(decoding: bytes, as: UTF8.self))
            else { return [] }
            if !found.contains(address) { found.append(address) }
            next = entry.ai_next
        }
        return found
    }

    func send(_ request: WebhookRequest) async -> WebhookAnswer {
        do {
            let configuration = try configuration(request)
            return try await Deadline.run(within: Self.timeout) {
                try await HTTPClient.withHTTPClient(configuration: configuration) { client in
                    try await Self.send(request, client)
                }
            }
        } catch is Deadline.Passed {
            return .failed("the target did not answer in time")
        } catch is NIOSSLError {
            return .failed("the target has no certificate that is trusted here")
        } catch {
            // Whether a port is closed or filtered is not for callers to find out.
            return .failed("the target can't be reached")
        }
    }

    private func configuration(_ request: WebhookRequest) throws -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        if let authorityFile {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authorityFile))
            configuration.tlsConfiguration = tls
        }
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(10))
        configuration.decompression = .disabled
        // The name is for the certificate alone: it is not looked up again.
        configuration.dnsOverride = [request.target.host: "\(request.address)"]
        return configuration
    }

    private static func send(
        _ request: WebhookRequest,
        _ client: HTTPClient
    ) async throws -> WebhookAnswer {
        var message = HTTPClientRequest(url: request.target.url)
        message.method = .POST
        message.headers.add(name: "user-agent", value: "hawser/\(CoreServerVersion.text)")
        for (name, value) in request.headers { message.headers.add(name: name, value: value) }
        message.body = .bytes(ByteBuffer(string: request.body))
        let response = try await client.execute(message, timeout: .seconds(10))
        var body: [UInt8] = []
        for try await part in response.body {
            body += part.readableBytesView.prefix(answerBytes - body.count)
            if body.count >= answerBytes { break }
        }
        let text = String(decoding: body, as: UTF8.self).filter { $0 != "\0" }
        return .answered(status: Int(response.status.code), body: text)
    }
}
