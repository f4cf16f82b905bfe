import CoreDeploy
import CoreDomain
import FleetRuntime
import Hummingbird

/// Versions that are to run nowhere any more.
struct RevocationRoutes: Sendable {
    let revocations: Revocations
    let clock: WallClock

    func add(to router: inout EndpointRouter) {
        router.on(.listRevocations, use: page)
        router.on(.createRevocation, use: revoke)
    }

    @Sendable private func page(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let query = RequestQuery(request)
        return try ThingAnswer.page(
            try await revocations.page(
                of: context.caller.tenant,
                before: query.numberCursor(),
                limit: query.limit()
            )
        )
    }

    @Sendable private func revoke(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let body = try await JSONBody(
            request,
            context,
            members: ["model", "model_version", "severity"]
        )
        return try ThingAnswer.created(
            try await revocations.revoke(
                body.required("model", body.text),
                body.required("model_version", body.number),
                severity: DeploymentRoutes.severity(body),
                context.act(request, at: clock.now())
            ),
            request
        )
    }
}
