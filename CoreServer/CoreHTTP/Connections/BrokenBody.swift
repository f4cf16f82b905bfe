import HTTPTypes
import Hummingbird

/// A request's body ended with its connection, before its own end. Nobody is there to be told.
struct BrokenBody: Error, HTTPResponseError {
    var status: HTTPResponse.Status { .badRequest }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        Response(status: status)
    }
}
