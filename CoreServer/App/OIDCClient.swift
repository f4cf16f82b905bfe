import AsyncHTTPClient
import CoreDomain
import FleetRuntime
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOSSL

/// Asks identity providers over HTTP: seldom, so that each request has a client of its own.
struct OIDCClient: OIDCTransport {
    private static let timeout = TimeAmount.seconds(10)
    private static let longestAnswer = 256 * 1024

    /// PEM of whom to trust in place of the system's authorities.
    let authorityFile: String?

    private func configuration() throws -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        if let authorityFile {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authorityFile))
            configuration.tlsConfiguration = tls
        }
        // Doors are where the provider's directory says, and nowhere else.
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(10))
        return configuration
    }

    func get(_ url: String) async throws -> [UInt8] {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "accept", value: "application/json")
        return try await answer(request)
    }

    func post(
        _ fields: [(name: String, value: Secret)],
        to url: String,
        basic: (name: String, password: Secret)?
    ) async throws -> [UInt8] {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "accept", value: "application/json")
        request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
        if let basic {
            // RFC 6749, section 2.3.1: both are encoded as in a form before they are joined.
            let pair =
                FormText.encoded(basic.name) + ":" + FormText.encoded(basic.password.reveal())
            let encoded = Data(pair.utf8).base64EncodedString()
            request.headers.add(name: "authorization", value: "Basic \(encoded)")
        }
        let body = fields.map { "\($0.name)=\(FormText.encoded($0.value.reveal()))" }
        request.body = .bytes(ByteBuffer(string: body.joined(separator: "&")))
        return try await answer(request)
    }

    /// Errors never hold the request: it has secrets in it.
    private func answer(_ request: HTTPClientRequest) async throws -> [UInt8] {
        let result: (status: UInt, body: ByteBuffer)
        do {
            result = try await HTTPClient.withHTTPClient(configuration: try configuration()) {
                client in
                let response = try await client.execute(request, timeout: Self.timeout)
                let body = try await response.body.collect(upTo: Self.longestAnswer)
                return (response.status.code, body)
            }
        } catch {
            try Task.checkCancellation()
            throw DomainError(.unavailable, "the identity provider can't be reached at the moment")
        }
        guard result.status == 200 else {
            throw DomainError(.unavailable, "the identity provider answered \(result.status)")
        }
        return Array(result.body.readableBytesView)
    }
}
