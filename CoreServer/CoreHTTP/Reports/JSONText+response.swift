import HTTPTypes
import Hummingbird

extension JSONText {
    /// The answer to a request.
    var response: Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(string: text + "\n"))
        )
    }
}
