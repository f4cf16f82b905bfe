import CoreDeploy
import CoreDomain
import FleetRuntime
import Hummingbird

/// When nothing is released, and what deployments are held to.
struct DeployPolicyRoutes: Sendable {
    let policies: DeployPolicies
    let clock: WallClock

    func add(to router: inout EndpointRouter) {
        router.on(.listFreezes, use: freezes)
        router.on(.createFreeze, use: freeze)
        router.on(.deleteFreeze, use: unfreeze)
        router.on(.listDeployPolicies, use: page)
        router.on(.putDeployPolicy, use: put)
        router.on(.deleteDeployPolicy, use: delete)
    }

    @Sendable private func freezes(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let query = RequestQuery(request)
        return try ThingAnswer.page(
            try await policies.freezes(
                of: context.caller.tenant,
                after: query.word("cursor"),
                limit: query.limit()
            )
        )
    }

    @Sendable private func freeze(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let body = try await JSONBody(
            request,
            context,
            members: ["name", "selector", "from", "to", "reason"]
        )
        let freeze = try await policies.freeze(
            body.required("name", body.text),
            body.selector("selector"),
            from: body.required("from", body.moment),
            to: body.required("to", body.moment),
            reason: body.text("reason") ?? "",
            context.act(request, at: clock.now())
        )
        return try ThingAnswer.created(freeze, request)
    }

    @Sendable private func unfreeze(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        try await policies.unfreeze(
            context.number("freeze"),
            context.act(request, at: clock.now())
        )
        return Response(status: .noContent)
    }

    @Sendable private func page(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let query = RequestQuery(request)
        return try ThingAnswer.page(
            try await policies.page(
                of: context.caller.tenant,
                after: query.word("cursor"),
                limit: query.limit()
            )
        )
    }

    @Sendable private func put(_ request: Request, _ context: APIContext) async throws -> Response {
        let body = try await JSONBody(
            request,
            context,
            members: [
                "kind", "priority", "selector", "dry_run", "amount", "currency", "percent",
            ]
        )
        let details = DeployPolicies.Details(
            kind: try body.required("kind", body.word),
            priority: Int32(clamping: try body.number("priority") ?? 0),
            selector: try body.selector("selector"),
            isDryRun: try body.flag("dry_run") ?? false,
            amount: try body.required("amount", body.number),
            currency: try body.text("currency") ?? "",
            percent: try body.number("percent")
        )
        return try ThingAnswer.one(
            try await policies.put(
                context.name("policy"),
                details,
                context.act(request, at: clock.now())
            )
        )
    }

    @Sendable private func delete(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        try await policies.delete(
            context.name("policy"),
            context.act(request, at: clock.now())
        )
        return Response(status: .noContent)
    }
}
