import CoreDomain
import FleetModel
import FleetRuntime
import HTTPTypes
import Hummingbird

/// Reports, for people and programs.
struct ReportRoutes: Sendable {
    let reports: Reports
    let renderer: ReportRenderer
    let clock: WallClock

    func add(to router: RouterGroup<APIContext>) {
        router.get("fleet/report", use: fleet)
        router.get("ships/{ship}/report", use: ship)
    }

    @Sendable private func fleet(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let caller = try context.caller
        let format = try format(of: request)
        let report = try await reports.fleet(tenant: caller.tenant, range: range(of: request))
        return try respond(report, format, request, onlyShip: nil)
    }

    @Sendable private func ship(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let caller = try context.caller
        let format = try format(of: request)
        let name = try context.parameters.require("ship")
        let report = try await reports.ship(
            tenant: caller.tenant,
            name: name,
            range: range(of: request)
        )
        return try respond(report, format, request, onlyShip: name)
    }

    private func format(of request: Request) throws -> ReportFormat {
        try ReportFormat.choose(
            query: request.uri.queryParameters["format"].map(String.init),
            accept: request.headers[.accept]
        )
    }

    /// `range` (1h, 24h, 7d or 30d) up to now, or `from` and `to`; the last 24 hours where nothing
    /// is given.
    private func range(of request: Request) throws -> TimeRange {
        let now = clock.now()
        if let text = request.uri.queryParameters["range"] {
            guard let span = ReportSpan(rawValue: String(text)) else {
                let words = ReportSpan.allCases.map(\.rawValue).joined(separator: ", ")
                throw DomainError(.invalid, "'range' is one of \(words); or give 'from' and 'to'")
            }
            return try TimeRange(from: now - span.length, to: now)
        }
        return try RequestQuery(request).range(upTo: now)
    }

    private func respond(
        _ report: FleetReport,
        _ format: ReportFormat,
        _ request: Request,
        onlyShip: String?
    ) throws -> Response {
        let text = try renderer.render(
            report,
            as: format,
            path: request.uri.path,
            onlyShip: onlyShip
        )
        return Response(
            status: .ok,
            headers: [.contentType: format.contentType, .vary: "Accept, Cookie"],
            body: .init(byteBuffer: ByteBuffer(string: text))
        )
    }
}
