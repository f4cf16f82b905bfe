import NIOCore
import NIOHTTP1

/// What a client of a load asks.
struct LoadRequest: Sendable {
    var method = HTTPMethod.GET
    /// Path and query.
    let path: String
    /// JSON; `nil` for none.
    var body: String?

    /// The bytes of its head and body.
    func parts(host: String, authorization: String?) -> (HTTPRequestHead, ByteBuffer?) {
        var headers: HTTPHeaders = ["Host": host]
        if let authorization { headers.add(name: "Authorization", value: authorization) }
        let buffer = body.map { ByteBuffer(string: $0) }
        if let buffer {
            headers.add(name: "Content-Type", value: "application/json")
            headers.add(name: "Content-Length", value: "\(buffer.readableBytes)")
        }
        return (
            HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers), buffer
        )
    }
}
