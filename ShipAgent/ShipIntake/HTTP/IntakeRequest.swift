import NIOCore
import NIOHTTP1

/// One request, read whole and let in.
package struct IntakeRequest: Sendable {
    package let method: HTTPMethod
    /// Without the query.
    package let path: String
    /// What stands behind the question mark, undecoded.
    package let query: String
    package let headers: HTTPHeaders
    package let body: ByteBuffer
    /// Who sent it: the key's name where keys are asked for, else the address.
    package let client: String

    package init(
        method: HTTPMethod,
        path: String,
        query: String = "",
        headers: HTTPHeaders,
        body: ByteBuffer,
        client: String
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.client = client
    }
}
