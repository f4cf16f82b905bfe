import NIOCore
import NIOHTTP1

/// The answer to a request: small, and whole in memory.
package struct IntakeResponse: Sendable {
    package var status: HTTPResponseStatus
    package var headers: HTTPHeaders
    package var body: ByteBuffer

    package init(
        _ status: HTTPResponseStatus,
        headers: HTTPHeaders = [:],
        body: ByteBuffer = ByteBuffer()
    ) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package init(_ status: HTTPResponseStatus, text: String, type: String = "text/plain") {
        self.init(
            status,
            headers: ["content-type": "\(type); charset=utf-8"],
            body: ByteBuffer(string: text)
        )
    }
}
