import CoreDomain
import FleetModel
import FleetRuntime
import Hummingbird

/// Tenants for the installation's operators, and what tenants settle themselves.
struct TenantRoutes: Sendable {
    let tenants: Tenants
    let retentions: Retentions
    let policies: LabelPolicies
    let clock: WallClock

    func add(to router: inout EndpointRouter) {
        router.on(.listTenants, use: page)
        router.on(.createTenant, use: create)
        router.on(.getTenant, use: one)
        router.on(.changeTenant, use: change)
        router.on(.deleteTenant, use: delete)
        router.on(.getRetention, use: retention)
        router.on(.putRetention, use: putRetention)
        router.on(.getLabelPolicy, use: policy)
        router.on(.putLabelPolicy, use: putPolicy)
    }

    @Sendable private func page(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let query = RequestQuery(request)
        return try ThingAnswer.page(
            try await tenants.page(after: query.numberCursor(), limit: query.limit())
        )
    }

    @Sendable private func one(_ request: Request, _ context: APIContext) async throws -> Response {
        try ThingAnswer.one(try await tenants.record(of: named(context)))
    }

    /// The path's tenant: an operator reaches every one.
    private func named(_ context: APIContext) async throws -> TenantID {
        try await tenants.find(name: context.name("tenant")).id
    }

    @Sendable private func create(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let body = try await JSONBody(request, context, members: ["name", "display_name"])
        let tenant = try await tenants.create(
            name: body.required("name", body.text),
            displayName: body.text("display_name"),
            at: clock.now(),
            for: context.change(request)
        )
        return try ThingAnswer.created(try await tenants.record(of: tenant.id), request)
    }

    @Sendable private func change(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let match = try request.versionMatch()
        let body = try await JSONBody(request, context, members: ["display_name"])
        let caller = try await context.caller.acting(in: named(context))
        let tenant = try await tenants.change(
            match,
            displayName: body.text("display_name"),
            Act(by: caller, for: context.change(request), at: clock.now())
        )
        return try ThingAnswer.one(tenant)
    }

    /// Longer than that nobody's program waits for an answer; the upkeep does what is left.
    private static let patience = Duration.seconds(60)

    @Sendable private func delete(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let isGone = try await tenants.delete(
            named(context),
            request.versionMatch(),
            within: Self.patience,
            at: clock.now(),
            for: context.change(request)
        )
        return Response(status: isGone ? .noContent : .accepted)
    }

    @Sendable private func retention(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        try ThingAnswer.one(try await retentions.record(of: context.caller.tenant))
    }

    @Sendable private func putRetention(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let match = try request.versionMatch()
        let body = try await JSONBody(
            request,
            context,
            members: ["raw_days", "five_minute_days", "hour_days", "log_days", "record_days"]
        )
        let retention = Retention(
            rawDays: try body.required("raw_days", body.days),
            fiveMinuteDays: try body.required("five_minute_days", body.days),
            hourDays: try body.required("hour_days", body.days),
            logDays: try body.required("log_days", body.days),
            recordDays: try body.required("record_days", body.days)
        )
        return try ThingAnswer.one(
            try await retentions.set(
                retention,
                of: context.caller.tenant,
                match,
                at: clock.now(),
                for: context.change(request)
            )
        )
    }

    @Sendable private func policy(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        try ThingAnswer.one(try await policies.policy(of: context.caller.tenant))
    }

    @Sendable private func putPolicy(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let match = try request.versionMatch()
        let body = try await JSONBody(
            request,
            context,
            members: ["allowed", "required", "label_limit", "value_limit"]
        )
        let policy = LabelPolicy(
            allowed: try body.texts("allowed"),
            required: try body.texts("required") ?? [],
            labelLimit: Int(try body.days("label_limit") ?? Int32(ShipLabels.limit)),
            valueLimit: Int(try body.days("value_limit") ?? Int32(ShipLabels.valueLimit))
        )
        return try ThingAnswer.one(
            try await policies.put(policy, match, context.act(request, at: clock.now()))
        )
    }
}
