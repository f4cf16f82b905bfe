import CoreDomain
import FleetModel
import FleetRuntime
import HTTPTypes
import Hummingbird

/// Ships' log records, for people and programs.
struct LogRoutes: Sendable {
    private static let defaultLimit = 100

    let logs: Logs
    let ships: Ships
    let clock: WallClock

    func add(to router: RouterGroup<APIContext>) {
        router.get("ships/{ship}/logs", use: page)
    }

    /// `q` (terms that must all occur), `severity` (this and graver), `from`, `to` (the last 24 hours
    /// where not given), `limit` (1 to 1,000), `cursor` (an answer's `next`), `format` (json, text).
    @Sendable private func page(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let format = try ReportFormat.choose(
            query: request.uri.queryParameters["format"].map(String.init),
            accept: request.headers[.accept]
        )
        guard format != .csv else {
            throw DomainError(.invalid, "log records can be had as json or text: see ?format=")
        }
        let wanted = try wanted(of: request)
        let ship = try await ships.find(for: context)
        let page = try await logs.page(of: ship.identity, wanted)
        // A browser gets the text.
        let isText = format != .json
        var headers: HTTPFields = [
            .contentType: (isText ? ReportFormat.text : .json).contentType,
            .vary: "Accept, Cookie",
        ]
        if let next = page.next, let link = HTTPField.Name("Link") {
            headers[link] = "<\(Self.link(to: next, wanted, request))>; rel=\"next\""
        }
        let body = isText ? LogText.render(page) : LogJSON.render(page, ship: ship.name)
        return Response(
            status: .ok,
            headers: headers,
            body: ResponseBody(parts: ByteBuffer(string: body))
        )
    }

    private func wanted(of request: Request) throws -> LogRequest {
        let parameters = request.uri.queryParameters
        var limit = Self.defaultLimit
        if let text = parameters["limit"] {
            // What is no number is as far out of range as 0.
            limit = Int(text) ?? 0
        }
        return try LogRequest(
            terms: LogTerms(parameters["q"].map(String.init) ?? ""),
            mildest: parameters["severity"].map { try Self.severity(String($0)) } ?? .debug,
            range: RequestQuery(request).range(upTo: clock.now()),
            limit: limit,
            after: parameters["cursor"].map { try LogCursor(parsing: String($0)) }
        )
    }

    /// By its name, or syslog's short one, or its number.
    private static func severity(_ text: String) throws -> LogRecord.Severity {
        let short: [String: LogRecord.Severity] = [
            "emerg": .emergency, "crit": .critical, "err": .error, "warn": .warning,
            "informational": .informational,
        ]
        let word = text.lowercased()
        let known = LogRecord.Severity.allCases.first {
            $0.description == word || "\($0.rawValue)" == word
        }
        guard let severity = known ?? short[word] else {
            let words = LogRecord.Severity.allCases.map(\.description).joined(separator: ", ")
            throw DomainError(.invalid, "'severity' is one of \(words), or 0 to 7")
        }
        return severity
    }

    /// The same request from the cursor on, over the same range though time goes on.
    private static func link(
        to cursor: LogCursor,
        _ wanted: LogRequest,
        _ request: Request
    ) -> String {
        let kept = (request.uri.query ?? "").split(separator: "&").filter { part in
            !["cursor=", "from=", "to="].contains { part.hasPrefix($0) }
        }
        let range = ["from=\(wanted.range.from)", "to=\(wanted.range.to)"]
        let query = kept.map(String.init) + range + ["cursor=\(cursor)"]
        return "\(request.uri.path)?\(query.joined(separator: "&"))"
    }
}
