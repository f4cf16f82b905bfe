import CoreDomain
import FleetRuntime
import HTTPTypes
import Hummingbird

/// Does a change that carries an `Idempotency-Key` once, however often it is asked for.
struct RepeatedRequests: Sendable {
    let requests: IdempotentRequests
    let clock: WallClock

    private static let header = HTTPField.Name("Idempotency-Key")
    /// Of an answer, those that belong to it and not to the moment.
    private static let kept: [HTTPField.Name] = [.contentType, .location, .eTag]

    func once(
        _ request: Request,
        _ context: APIContext,
        _ handler: EndpointRouter.Handler
    ) async throws -> Response {
        guard let text = Self.header.flatMap({ request.headers[$0] }) else {
            return try await handler(request, context)
        }
        let caller = try context.caller
        var request = request
        let body = try await request.collectBody(upTo: context.maxUploadSize)
        var identity = "\(request.method) \(request.uri)\n"
        identity += "\(request.headers[.ifMatch] ?? "")\n\(request.headers[.contentType] ?? "")\n"
        let key = try IdempotentRequests.Key(
            text,
            request: Array(identity.utf8) + Array(body.readableBytesView),
            credential: Authentication.secret(of: request) ?? ""
        )
        let whole = request
        let answer = try await requests.once(key, by: caller, at: clock.now()) {
            let response = try await handler(whole, context)
            return try await Self.answer(response)
        }
        var headers = HTTPFields()
        for name in Self.kept { headers[name] = answer.headers[name.canonicalName] }
        return Response(
            status: .init(code: answer.status),
            headers: headers,
            body: answer.body.isEmpty
                ? .init() : .init(byteBuffer: ByteBuffer(string: answer.body))
        )
    }

    private static func answer(
        _ response: consuming Response
    ) async throws -> IdempotentRequests.Answer {
        var headers: [String: String] = [:]
        for name in kept { headers[name.canonicalName] = response.headers[name] }
        let status = response.status.code
        let collected = BodyCollector()
        try await response.body.write(collected)
        return IdempotentRequests.Answer(
            status: status,
            headers: headers,
            body: collected.text
        )
    }
}
