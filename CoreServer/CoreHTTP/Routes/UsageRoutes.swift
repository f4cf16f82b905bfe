import CoreDomain
import FleetModel
import FleetRuntime
import FoundationEssentials
import HTTPTypes
import Hummingbird

/// What a tenant used, signed, so that a bill can be held against it.
struct UsageRoutes: Sendable {
    private static let standardLength = Duration.seconds(30 * 86_400)

    let usages: Usages
    let tenants: Tenants
    let keys: ServerKeys
    let clock: WallClock

    func add(to router: inout EndpointRouter) {
        router.on(.getUsage, use: usage)
    }

    @Sendable private func usage(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let query = RequestQuery(request)
        let format = query.text("format") ?? "json"
        guard ["json", "csv"].contains(format) else {
            throw DomainError(.invalid, "'format' is json or csv")
        }
        let tenant = try context.caller.tenant
        let range = try query.range(upTo: clock.now(), length: Self.standardLength)
        let days = try await usages.days(of: tenant, in: range)
        let name = try await tenants.name(of: tenant)
        let text = format == "csv" ? Self.csv(name, days) : json(name, range, days)
        let bytes = Array(text.utf8)
        var headers: HTTPFields = [
            .contentType: format == "csv" ? "text/csv; charset=utf-8" : "application/json"
        ]
        headers[Self.signature] = Data(try keys.sign(bytes)).base64EncodedString()
        headers[Self.keyID] = keys.signingKeyID
        return Response(
            status: .ok,
            headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    private static let signature = HTTPField.Name("Hawser-Signature") ?? .server
    private static let keyID = HTTPField.Name("Hawser-Signature-Key") ?? .server

    private func json(_ name: String, _ range: TimeRange, _ days: [UsageDay]) -> String {
        func count(_ value: Int64?) -> JSONText { value.map { .integer($0) } ?? .null }
        return JSONText.object([
            ("tenant", .string(name)), ("from", .string("\(range.from)")),
            ("to", .string("\(range.to)")), ("public_key", .string("\(keys.publicKey)")),
            (
                "days",
                .array(
                    days.map { day in
                        .object([
                            ("day", .string(String("\(day.day)".prefix(10)))),
                            ("samples", .integer(day.samples)), ("bytes_in", .integer(day.bytesIn)),
                            ("api_requests", .integer(day.apiRequests)),
                            ("storage_bytes", count(day.storageBytes)),
                            ("ships", count(day.ships)), ("series", count(day.series)),
                        ])
                    }
                )
            ),
        ]).text + "\n"
    }

    /// RFC 4180; a value that was not measured is an empty cell.
    private static func csv(_ name: String, _ days: [UsageDay]) -> String {
        func cell(_ value: Int64?) -> String { value.map { "\($0)" } ?? "" }
        let header = "tenant,day,samples,bytes_in,api_requests,storage_bytes,ships,series"
        let lines = days.map { day in
            [
                name, String("\(day.day)".prefix(10)), "\(day.samples)", "\(day.bytesIn)",
                "\(day.apiRequests)", cell(day.storageBytes), cell(day.ships), cell(day.series),
            ].joined(separator: ",")
        }
        return ([header] + lines).map { "\($0)\r\n" }.joined()
    }
}
