import FleetModel
import FleetRuntime
import HTTPTypes
import Hummingbird
import Logging

/// One line a request, without its query (it may hold what a log should not) and without tokens;
/// counts and times it; and turns errors into problems.
struct AccessLog: RouterMiddleware {
    let requests: Counter
    let seconds: Histogram

    init(_ registry: MetricsRegistry) {
        requests = registry.counter(
            "hawser_http_requests_total",
            help: "HTTP requests answered, by route and status.",
            labels: ["route", "status"]
        )
        seconds = registry.histogram(
            "hawser_http_request_seconds",
            help: "Time to answer an HTTP request.",
            buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30]
        )
    }

    func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let started = ContinuousClock.now
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            let problem = Problem(error, instance: request.uri.path)
            if problem.status >= 500 { context.logger.error("request failed: \(error)") }
            response =
                BrowserPages.wantsPage(request)
                ? BrowserPages.page(for: problem, request) : problem.response
            // A body behind an answer to HEAD would be read as the next answer's beginning.
            if request.method == .head { response = response.createHeadResponse() }
        }
        response.headers[Self.requestID] = context.id
        response.headers[.strictTransportSecurity] = "max-age=31536000"
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.cacheControl] = response.headers[.cacheControl] ?? "no-store"
        // Not "no-referrer": a form's Origin would be null, and our own could not be told apart.
        response.headers[Self.referrerPolicy] = "same-origin"
        response.headers[.contentSecurityPolicy] =
            "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; "
            + "frame-ancestors 'none'; base-uri 'none'"
        let duration = ContinuousClock.now - started
        let route = context.endpointPath ?? "unknown"
        requests.increment("\(route)", "\(response.status.code)")
        seconds.observe(duration.inSeconds)
        context.logger.debug(
            "request",
            metadata: [
                LogKey.method: "\(request.method)", LogKey.path: "\(request.uri.path)",
                LogKey.status: "\(response.status.code)", LogKey.duration: "\(duration)",
            ]
        )
        return response
    }

    private static let referrerPolicy = HTTPField.Name("referrer-policy") ?? .server
    private static let requestID = HTTPField.Name("x-request-id") ?? .server
}
