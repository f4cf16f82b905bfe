import CoreAudit
import CoreDomain
import FleetModel
import HTTPTypes
import Hummingbird
import NIOCore

/// What was changed, for people and for auditors.
struct AuditRoutes: Sendable {
    private static let defaultLimit = 100

    let audit: AuditLog
    let tenants: Tenants

    func add(to router: inout EndpointRouter) {
        router.on(.listAudit, use: page)
        router.on(.exportAudit, use: export)
        router.on(.listAuditSeals, use: seals)
    }

    @Sendable private func page(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let query = RequestQuery(request)
        let limit = try query.count(
            "limit",
            default: Self.defaultLimit,
            limit: AuditLog.longestPage
        )
        var filter = AuditFilter(
            actor: query.text("actor") ?? "",
            action: query.text("action") ?? "",
            target: query.text("target") ?? ""
        )
        if let from = try query.moment("from") { filter.from = from }
        if let to = try query.moment("to") { filter.to = to }
        let found = try await audit.page(
            of: context.caller.tenant,
            filter,
            before: Self.place(query),
            limit: limit + 1
        )
        let page = found.prefix(limit)
        let next = found.count > limit ? page.last?.entry.sequence : nil
        return JSONText.object([
            ("items", .array(page.map(Self.json))),
            ("next", next.map { .string("\($0)") } ?? .null),
        ]).response
    }

    @Sendable private func seals(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let query = RequestQuery(request)
        let limit = try query.count(
            "limit",
            default: Self.defaultLimit,
            limit: AuditLog.longestPage
        )
        let found = try await audit.seals(
            of: context.caller.tenant,
            before: Self.place(query),
            limit: limit + 1
        )
        let page = found.prefix(limit)
        let next = found.count > limit ? page.last?.seal.number : nil
        return JSONText.object([
            ("items", .array(page.map(Self.json))),
            ("next", next.map { .string("\($0)") } ?? .null),
        ]).response
    }

    @Sendable private func export(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let tenant = try context.caller.tenant
        let name = try await tenants.name(of: tenant)
        let (audit, eventLoop) = (audit, context.eventLoop)
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/jsonl",
                .contentDisposition: "attachment; filename=\"audit-\(name).jsonl\"",
            ],
            body: ResponseBody { writer in
                var export = audit.export(of: tenant, name: name)
                while let lines = try await export.next() {
                    for part in ByteBuffer(bytes: lines).parts { try await writer.write(part) }
                    try await eventLoop.turn()
                }
                try await writer.finish(nil)
            }
        )
    }

    private static func place(_ query: RequestQuery) throws -> Int64? {
        try query.text("cursor").map { text in
            guard let number = Int64(text) else {
                throw DomainError(.invalid, "'cursor' is the 'next' of an earlier answer")
            }
            return number
        }
    }

    private static func json(_ item: AuditLog.Item) -> JSONText {
        let entry = item.entry
        return .object([
            ("sequence", .integer(entry.sequence)), ("at", .string("\(entry.at)")),
            ("actor", .string(entry.actor)), ("action", .string(entry.action)),
            ("target", .string(entry.target)), ("before", .string(entry.before)),
            ("after", .string(entry.after)), ("reason", .string(entry.reason)),
            ("request_id", .string(entry.requestID)), ("revision", .integer(entry.revision)),
            ("hash", item.hash.map { .string("\($0)") } ?? .null),
        ])
    }

    private static func json(_ stored: StoredSeal) -> JSONText {
        let seal = stored.seal
        return .object([
            ("seal", .integer(seal.number)), ("first", .integer(seal.first)),
            ("last", .integer(seal.last)), ("at", .string("\(seal.signedAt)")),
            ("root", .string("\(seal.root)")), ("previous", .string("\(seal.previous)")),
            ("key", .string("\(seal.key)")), ("hash", .string("\(stored.hash)")),
            ("signature", .string(stored.signatureText)),
        ])
    }
}
