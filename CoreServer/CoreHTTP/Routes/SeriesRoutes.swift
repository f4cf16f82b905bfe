import CoreDomain
import FleetModel
import FleetRuntime
import HTTPTypes
import Hummingbird
import NIOCore

/// A ship's series and their values, in the shapes of Prometheus' own API.
struct SeriesRoutes: Sendable {
    let telemetry: Telemetry
    let slots: ReadSlots
    let clock: WallClock

    /// Series on one page.
    private static let longestPage = 10_000

    func add(to router: inout EndpointRouter) {
        router.on(.listSeries, use: series)
        router.on(.queryRange, use: range)
    }

    @Sendable private func series(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let query = RequestQuery(request)
        let selectors = try selectors(query)
        let limit = try query.count("limit", default: 1000, limit: Self.longestPage)
        let after = try query.text("cursor").map(Self.place)
        let ship = try context.ship
        let page = try await telemetry.series(
            of: ship,
            selectors: selectors,
            after: after,
            limit: limit
        )
        var text = "{\"status\":\"success\",\"data\":["
        for (index, series) in page.series.enumerated() {
            if index > 0 { text += "," }
            text += "\n" + RangeJSON.labels(series.labels)
        }
        text += "]" + Self.resolutions(of: page.series)
        text += ",\"next\":" + (page.next.map { "\"\(Self.cursor($0))\"" } ?? "null") + "}\n"
        return Response(
            status: .ok,
            headers: [.contentType: "application/json"],
            body: ResponseBody(parts: ByteBuffer(string: text))
        )
    }

    /// What the ship rounds each of the series to, in their order; nothing where it rounds none.
    private static func resolutions(of series: [FoundSeries]) -> String {
        guard series.contains(where: { $0.resolution != nil }) else { return "" }
        let steps = series.map { $0.resolution.map { "\"\($0)\"" } ?? "null" }
        return ",\"hawser\":{\"resolutions\":[\(steps.joined(separator: ","))]}"
    }

    @Sendable private func range(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let query = RequestQuery(request)
        let now = clock.now()
        let end = try query.moment("end") ?? now
        let start = try query.moment("start") ?? end - .seconds(3600)
        let word = query.text("agg") ?? RangeRequest.Aggregation.average.rawValue
        guard let aggregation = RangeRequest.Aggregation(rawValue: word) else {
            let words = RangeRequest.Aggregation.allCases.map(\.rawValue).joined(separator: ", ")
            throw DomainError(.invalid, "'agg' is one of \(words)")
        }
        guard let format = RangeFormat(rawValue: query.text("format") ?? "json") else {
            throw DomainError(.invalid, "'format' is json or csv")
        }
        let asked = try RangeRequest(
            selectors: try selectors(query),
            // Prometheus' end belongs to the range.
            range: try TimeRange(from: start, to: end + .milliseconds(1)),
            step: try query.duration("step"),
            aggregation: aggregation
        )
        let ship = try context.ship
        let slot = try await slots.take()
        let answer = try await telemetry.range(of: ship, asked)
        let eventLoop = context.eventLoop
        return Response(
            status: .ok,
            headers: [.contentType: format.contentType],
            body: ResponseBody { writer in
                // The slot is held until the last byte is written: it stands for this memory.
                defer { withExtendedLifetime(slot) {} }
                var buffer = format.head(answer)
                for (index, series) in answer.series.enumerated() {
                    buffer += format.series(series, isFirst: index == 0)
                    guard buffer.utf8.count >= SlowReaders.part else { continue }
                    for part in ByteBuffer(string: buffer).parts { try await writer.write(part) }
                    try await eventLoop.turn()
                    buffer = ""
                }
                for part in ByteBuffer(string: buffer + format.tail).parts {
                    try await writer.write(part)
                }
                try await writer.finish(nil)
            }
        )
    }

    private func selectors(_ query: RequestQuery) throws -> [SeriesSelector] {
        let texts = query.all("match[]")
        guard texts.count <= 16 else { throw DomainError(.invalid, "'match[]' at most 16 times") }
        return try texts.map { try SeriesSelector(parsing: $0) }
    }

    private static func cursor(_ place: Int32) -> String { "s\(place)" }

    private static func place(_ cursor: String) throws -> Int32 {
        guard cursor.hasPrefix("s"), let place = Int32(cursor.dropFirst()), place >= 0 else {
            throw DomainError(.invalid, "'cursor' is the 'next' of an earlier answer")
        }
        return place
    }
}
