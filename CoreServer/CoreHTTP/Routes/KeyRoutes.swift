import CoreDomain
import FleetModel
import FleetRuntime
import HTTPTypes
import Hummingbird
import NIOCore

/// A tenant's keys, and all that is stored of it.
struct KeyRoutes: Sendable {
    let vault: TenantVault
    let tenants: Tenants
    let clock: WallClock

    func add(to router: inout EndpointRouter) {
        router.on(.listKeys, use: list)
        router.on(.rotateKeys, use: rotate)
        router.on(.exportTenant, use: export)
    }

    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let keys = try await vault.list(of: context.caller.tenant)
        return JSONText.object([
            ("items", .array(keys.map(Self.json))), ("next", .null),
        ]).response
    }

    @Sendable private func rotate(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let key = try await vault.rotate(
            context.caller.tenant,
            at: clock.now(),
            for: context.change(request)
        )
        return Self.json(key).response
    }

    @Sendable private func export(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let tenant = try context.caller.tenant
        let name = try await tenants.name(of: tenant)
        let (tenants, now, eventLoop) = (tenants, clock.now(), context.eventLoop)
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/jsonl",
                .contentDisposition: "attachment; filename=\"tenant-\(name).jsonl\"",
            ],
            body: ResponseBody { writer in
                var export = tenants.export(tenant, name: name, at: now)
                while let lines = try await export.next() {
                    for part in ByteBuffer(bytes: lines).parts { try await writer.write(part) }
                    try await eventLoop.turn()
                }
                try await writer.finish(nil)
            }
        )
    }

    private static func json(_ key: TenantVault.Key) -> JSONText {
        .object([
            ("number", .integer(key.number)), ("created_at", .string("\(key.createdAt)")),
            ("retired_at", key.retiredAt.map { .string("\($0)") } ?? .null),
        ])
    }
}
