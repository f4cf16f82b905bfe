import CoreDomain
import FleetRuntime
import FoundationEssentials
import HTTPTypes
import Hummingbird

/// A tenant's limits, which the installation sets.
struct QuotaRoutes: Sendable {
    let quotas: Quotas
    let clock: WallClock

    func add(to router: inout EndpointRouter) {
        router.on(.getQuotas, use: get)
        router.on(.putQuotas, use: put)
    }

    @Sendable private func get(_ request: Request, _ context: APIContext) async throws -> Response {
        Self.answer(try await quotas.state(of: context.caller.tenant, at: clock.now()))
    }

    @Sendable private func put(_ request: Request, _ context: APIContext) async throws -> Response {
        let version = try Self.version(request)
        let body = try await request.body.collect(upTo: context.maxUploadSize)
        guard
            let members = try? JSONDecoder().decode(
                [String: Int64?].self,
                from: Data(body.readableBytesView)
            )
        else {
            throw DomainError(.invalid, "the body is an object of limits: whole numbers, or null")
        }
        var limits: [Quota.Limit: Int64] = [:]
        for (name, value) in members {
            guard let limit = Quota.Limit(rawValue: name) else {
                throw DomainError(.invalid, "there is no limit '\(name.prefix(64))'")
            }
            limits[limit] = value
        }
        return Self.answer(
            try await quotas.set(
                Quota(limits),
                of: context.caller.tenant,
                ifVersion: version,
                at: clock.now(),
                for: context.change(request)
            )
        )
    }

    /// `nil` for `*`.
    private static func version(_ request: Request) throws -> Int64? {
        guard let text = request.headers[.ifMatch] else {
            throw DomainError(
                .preconditionRequired,
                "If-Match is needed: the ETag of the quotas that are meant, or *"
            )
        }
        if text == "*" { return nil }
        guard text.count > 2, text.hasPrefix("\""), text.hasSuffix("\""),
            let version = Int64(text.dropFirst().dropLast())
        else { throw DomainError(.preconditionFailed, "no quotas have such an ETag") }
        return version
    }

    private static func answer(_ state: Quotas.State) -> Response {
        func limits(_ quota: Quota) -> JSONText {
            .object(
                Quota.Limit.allCases.map { limit in
                    (limit.rawValue, quota[limit].map { .integer($0) } ?? .null)
                }
            )
        }
        var response = JSONText.object([
            ("limits", limits(state.own)), ("effective", limits(state.effective)),
            (
                "use",
                .object(
                    Quota.Limit.allCases.compactMap { limit in
                        state.use[limit].map { (limit.rawValue, .integer($0)) }
                    }
                )
            ), ("version", .integer(state.version)),
        ]).response
        response.headers[.eTag] = "\"\(state.version)\""
        return response
    }
}
