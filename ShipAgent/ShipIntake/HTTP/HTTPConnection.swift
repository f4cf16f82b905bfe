import FleetModel
import FleetRuntime
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import ShipStore

/// One client's connection: reads its requests one after another, lets them in or not, answers.
struct HTTPConnection: Sendable {
    typealias Stream = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>
    typealias Parts = NIOAsyncChannelInboundStream<HTTPServerRequestPart>.AsyncIterator
    typealias Answers = NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>

    let routes: [String: [IntakeRoute]]
    let door: RequestDoor
    let metrics: IntakeMetrics
    let logger: Logger
    let throttle: Throttle
    /// The client's address, without its port.
    let peer: String

    func run(_ stream: Stream) async {
        do {
            try await stream.executeThenClose { inbound, outbound in
                var parts = inbound.makeAsyncIterator()
                while case .head(let head)? = try await parts.next(isolation: #isolation) {
                    guard try await serve(head, &parts, outbound) else { break }
                }
            }
        } catch {
            // The client went away, or was too slow: `SlowClientHandler` counts that.
            logger.debug("a connection from \(peer) ended: \(error)")
        }
    }

    /// - Returns: whether the connection can serve another request.
    private func serve(
        _ head: HTTPRequestHead,
        _ parts: inout Parts,
        _ outbound: Answers
    ) async throws -> Bool {
        let target = RequestTarget(head.uri)
        let known = routes[target.path]
        let route = known?.first { $0.method == head.method }
        var body = RequestBody(door.budget)
        defer { body.giveBack() }
        var response: IntakeResponse
        do {
            guard let route else { throw Self.unknown(target.path, known) }
            let request = try await door.admit(
                head,
                target,
                to: route,
                from: peer,
                &body,
                &parts,
                outbound
            )
            metrics.bytes.increment(by: Double(request.body.readableBytes), route.path)
            response = await handled(request, by: route)
        } catch let problem as IntakeProblem {
            metrics.refusals.increment(problem.word)
            response = problem.response
        }
        let goesOn = body.isWhole && head.isKeepAlive && !Task.isShuttingDownGracefully
        metrics.requests.increment(route?.path ?? "none", "\(response.status.code)")
        try await answer(response, to: head, goesOn: goesOn, outbound)
        return goesOn
    }

    /// What the route says; its errors become problems.
    private func handled(
        _ request: IntakeRequest,
        by route: IntakeRoute
    ) async -> IntakeResponse {
        do {
            return try await route.handle(request)
        } catch let problem as IntakeProblem {
            metrics.refusals.increment(problem.word)
            return problem.response
        } catch let error as StoreError where error.isRetryable {
            metrics.refusals.increment(error.code.name)
            return IntakeProblem(
                .serviceUnavailable,
                error.code.name,
                error.reason,
                retryAfter: .seconds(5)
            ).response
        } catch {
            throttle.log(logger, .error, "a request to \(route.path) failed: \(error)")
            return IntakeProblem(
                .internalServerError,
                "internal",
                "the agent failed; its log tells more",
                retryAfter: .seconds(5)
            ).response
        }
    }

    private func answer(
        _ response: IntakeResponse,
        to head: HTTPRequestHead,
        goesOn: Bool,
        _ outbound: Answers
    ) async throws {
        var headers = response.headers
        if response.status != .noContent {
            headers.replaceOrAdd(
                name: "content-length",
                value: "\(response.body.readableBytes)"
            )
        }
        if !goesOn { headers.replaceOrAdd(name: "connection", value: "close") }
        var parts: [HTTPServerResponsePart] = [
            .head(.init(version: .http1_1, status: response.status, headers: headers))
        ]
        if response.body.readableBytes > 0, head.method != .HEAD {
            parts.append(.body(.byteBuffer(response.body)))
        }
        parts.append(.end(nil))
        try await outbound.write(contentsOf: parts)
    }

    private static func unknown(_ path: String, _ known: [IntakeRoute]?) -> IntakeProblem {
        guard let known else {
            return IntakeProblem(.notFound, "not_found", "nothing is taken in or shown here")
        }
        let methods = known.map(\.method.rawValue).joined(separator: ", ")
        var problem = IntakeProblem(
            .methodNotAllowed,
            "method_not_allowed",
            "\(path) takes \(methods)"
        )
        problem.headers.add(name: "allow", value: methods)
        return problem
    }
}
