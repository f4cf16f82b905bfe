import AsyncHTTPClient
import CoreDomain
import FleetRuntime
import NIOCore
import NIOHTTP1

/// Carries remote_write requests over HTTP.
struct RemoteWriteClient: ForwardingTransport {
    /// A receiver that takes longer than this is treated as one that is down.
    private static let timeout = TimeAmount.seconds(30)

    /// What is read of a refusal: enough for its first sentence.
    private static let reasonBytes = 4096

    private let client: HTTPClient

    init(_ client: HTTPClient) { self.client = client }

    static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        // A target is what the configuration says, not what it answers.
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(10), read: .seconds(30))
        return configuration
    }

    func send(_ body: [UInt8], to target: ForwardingTarget) async throws -> ForwardingAnswer {
        var request = HTTPClientRequest(url: target.url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/x-protobuf")
        request.headers.add(name: "content-encoding", value: "snappy")
        request.headers.add(name: "x-prometheus-remote-write-version", value: "0.1.0")
        request.headers.add(name: "user-agent", value: "hawser/\(CoreServerVersion.text)")
        for (name, value) in target.headers { request.headers.add(name: name, value: value) }
        if let token = target.token {
            request.headers.replaceOrAdd(name: "authorization", value: "Bearer \(token.reveal())")
        }
        request.body = .bytes(ByteBuffer(bytes: body))
        let status: Int
        var reason = ""
        do {
            let response = try await client.execute(request, timeout: Self.timeout)
            status = Int(response.status.code)
            if status >= 300 {
                // The status says enough where the reason is too long, or cut off.
                let text = try? await response.body.collect(upTo: Self.reasonBytes)
                let words = text.map { String(buffer: $0) } ?? ""
                reason = String(words.prefix(200).filter { $0 != "\n" })
            }
        } catch {
            try Task.checkCancellation()
            return .later("\(error)")
        }
        switch status {
        case 200..<300: return .accepted
        case 429, 500..<600: return .later("\(status) \(reason)")
        default: return .refused(status: status, reason: reason)
        }
    }
}
