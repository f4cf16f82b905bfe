import CoreDomain
import FleetModel
import FleetRuntime
import HTTPTypes
import Hummingbird

/// Distributions over a tenant's fleet.
struct DistributionRoutes: Sendable {
    let distributions: Distributions
    let slots: ReadSlots
    let clock: WallClock

    func add(to router: RouterGroup<APIContext>) {
        router.get("fleet/quantile", use: quantile)
        router.get("fleet/cardinality", use: cardinality)
    }

    @Sendable private func quantile(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let query = RequestQuery(request)
        guard let metric = query.text("metric") else {
            throw DomainError(.invalid, "'metric' says which series: a name, or name{label=\"…\"}")
        }
        let asked = try QuantileRequest(
            selector: try SeriesSelector(parsing: metric),
            quantiles: try Self.quantiles(query.text("q") ?? "0.5,0.95,0.99"),
            range: try query.range(upTo: clock.now()),
            step: try query.duration("step")
        )
        let tenant = try context.caller.tenant
        let slot = try await slots.take()
        defer { withExtendedLifetime(slot) {} }
        let answer = try await distributions.quantiles(tenant: tenant, asked)
        return JSONText.object([
            ("ships", .integer(Int64(answer.shipCount))),
            ("series", .integer(Int64(answer.seriesCount))),
            ("resolution_seconds", .integer(Int64(answer.resolution.rawValue))),
            ("relative_error", .decimal(DistributionFormat.relativeError, places: 4)),
            ("steps", .array(answer.steps.map { DistributionFormat.step($0, of: answer) })),
        ]).response
    }

    @Sendable private func cardinality(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let range = try RequestQuery(request).range(upTo: clock.now())
        let tenant = try context.caller.tenant
        let slot = try await slots.take()
        defer { withExtendedLifetime(slot) {} }
        let found = try await distributions.cardinality(tenant: tenant, range: range)
        return JSONText.object([
            ("distinct_series", .integer(Int64(found.estimate.rounded()))),
            ("exact", .boolean(found.isExact)),
            ("standard_error", .decimal(DistributionFormat.standardError(found), places: 4)),
            ("intervals", .integer(Int64(found.intervals))),
        ]).response
    }

    private static func quantiles(_ text: String) throws -> [Double] {
        try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            guard let quantile = Double(part) else {
                throw DomainError(.invalid, "'q' is numbers from 0 to 1 with commas between them")
            }
            return quantile
        }
    }
}
