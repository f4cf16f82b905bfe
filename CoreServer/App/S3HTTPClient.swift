import AsyncHTTPClient
import CoreRegistry
import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// Carries requests to an S3-compatible store over HTTP, as long as the server runs.
struct S3HTTPClient: S3Transport, Service {
    /// For the answer's head and body; a body that is sent has longer, by its length.
    private static let patience = TimeAmount.seconds(60)
    /// Bytes a second that are sent at the least.
    private static let slowest: Int64 = 64 * 1024

    private let client: HTTPClient

    init() {
        var configuration = HTTPClient.Configuration()
        // What is signed is for one host.
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(10), read: .seconds(60))
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func run() async throws {
        try? await gracefulShutdown()
        try await client.shutdown()
    }

    func send(_ request: S3Request) async throws -> S3Answer {
        var message = HTTPClientRequest(url: request.url)
        message.method = HTTPMethod(rawValue: request.method)
        for (name, value) in request.headers { message.headers.add(name: name, value: value) }
        var timeout = Self.patience
        switch request.body {
        case .bytes(let bytes):
            if !bytes.isEmpty { message.body = .bytes(ByteBuffer(bytes: bytes)) }
        case .file(let part):
            message.body = .stream(
                part.map { ByteBuffer(bytes: $0) },
                length: .known(part.count)
            )
            timeout = timeout + .seconds(part.count / Self.slowest)
        }
        let response = try await client.execute(message, timeout: timeout)
        let body =
            request.method == "HEAD"
            ? ByteBuffer() : try await response.body.collect(upTo: request.answerLimit)
        var headers: [String: String] = [:]
        for (name, value) in response.headers { headers[name.lowercased()] = value }
        return S3Answer(
            status: Int(response.status.code),
            headers: headers,
            body: Array(body.readableBytesView)
        )
    }
}
