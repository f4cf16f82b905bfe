import CoreDeploy
import CoreDomain
import FleetDeploy
import FleetRuntime
import FoundationEssentials
import Hummingbird

/// Deployments: planned, decided, steered and watched.
struct DeploymentRoutes: Sendable {
    /// How hard an abort is, the mildest first.
    static let severities = Revocation.Severity.allCases.map { (word: $0.word, severity: $0) }

    let deployments: Deployments
    let clock: WallClock

    func add(to router: inout EndpointRouter) {
        router.on(.listDeployments, use: page)
        router.on(.planDeployment, use: plan)
        router.on(.getDeployment, use: one)
        router.on(.changeDeployment, use: change)
        router.on(.listDeploymentWaves, use: waves)
        router.on(.listDeploymentShips, use: ships)
        router.on(.listDeploymentEvents, use: events)
        router.on(.getDeploymentExposure, use: exposure)
        router.on(.approveDeployment, use: approve)
        router.on(.denyDeployment, use: deny)
        router.on(.startDeployment, use: start)
        router.on(.pauseDeployment, use: pause)
        router.on(.resumeDeployment, use: resume)
        router.on(.abortDeployment, use: abort)
        router.on(.rollBackDeployment, use: rollBack)
        router.on(.retryDeployment, use: retry)
    }

    // MARK: Reading

    @Sendable private func page(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let query = RequestQuery(request)
        return try ThingAnswer.page(
            try await deployments.page(
                of: context.caller.tenant,
                state: query.choice("state"),
                before: query.numberCursor(),
                limit: query.limit()
            )
        )
    }

    @Sendable private func one(_ request: Request, _ context: APIContext) async throws -> Response {
        try ThingAnswer.one(
            try await deployments.find(context.number("deployment"), of: context.caller.tenant)
        )
    }

    @Sendable private func waves(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let waves = try await deployments.waves(
            context.number("deployment"),
            of: context.caller.tenant
        )
        return try ThingAnswer.page(Page(waves, limit: waves.count) { $0.reference })
    }

    @Sendable private func ships(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let query = RequestQuery(request)
        let state: ShipDeploymentState? = try query.choice("state")
        let wave =
            query.text("wave") == nil
            ? 0 : try query.count("wave", default: 1, limit: DeploymentRequest.waveLimit)
        return try ThingAnswer.page(
            try await deployments.ships(
                context.number("deployment"),
                of: context.caller.tenant,
                wave: Int32(clamping: wave),
                state: state?.rawValue ?? "",
                after: query.word("cursor"),
                limit: query.limit()
            )
        )
    }

    @Sendable private func events(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let query = RequestQuery(request)
        return try ThingAnswer.page(
            try await deployments.events(
                context.number("deployment"),
                of: context.caller.tenant,
                after: query.numberCursor() ?? 0,
                limit: query.limit()
            )
        )
    }

    @Sendable private func exposure(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let exposure = try await deployments.exposure(
            context.number("deployment"),
            of: context.caller.tenant
        )
        return try Self.json(exposure)
    }

    private static func json(_ value: some Encodable) throws -> Response {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return ThingAnswer.json(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    // MARK: Planning

    /// What a plan would come to, told like the deployment that it would be.
    private struct Preview: Encodable {
        let name: String
        let slot: String
        let model: String
        let modelVersion: Int64
        let plan: PlanSummary
    }

    @Sendable private func plan(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let wanted = try await Self.read(request, context)
        let act = try context.act(request, at: clock.now())
        guard try RequestQuery(request).flag("dry_run") != true else {
            return try await preview(wanted, replacing: nil, act)
        }
        return try ThingAnswer.created(try await deployments.plan(wanted, act), request)
    }

    @Sendable private func change(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let match = try request.versionMatch()
        let wanted = try await Self.read(request, context)
        let (id, act) = (
            try context.number("deployment"), try context.act(request, at: clock.now())
        )
        guard try RequestQuery(request).flag("dry_run") != true else {
            return try await preview(wanted, replacing: id, act)
        }
        return try ThingAnswer.one(try await deployments.change(id, match, to: wanted, act))
    }

    private func preview(
        _ wanted: DeploymentRequest,
        replacing id: Int64?,
        _ act: Act
    ) async throws -> Response {
        try Self.json(
            Preview(
                name: wanted.name,
                slot: wanted.slot,
                model: wanted.model,
                modelVersion: wanted.modelVersion,
                plan: try await deployments.preview(wanted, replacing: id, act)
            )
        )
    }

    private static func read(
        _ request: Request,
        _ context: APIContext
    ) async throws -> DeploymentRequest {
        let body = try await JSONBody(request, context, members: DeploymentRequest.members)
        let members = DeploymentRequest.members.map { name in (name, body.value(name)) }
        let given = members.reduce(into: [String: JSONValue]()) { $0[$1.0] = $1.1 }
        return try DeploymentRequest(.object(given))
    }

    // MARK: Steering

    private func decision(
        _ request: Request,
        _ context: APIContext
    ) async throws -> (plan: String, comment: String) {
        let body = try await JSONBody(request, context, members: ["plan_digest", "comment"])
        return (try body.required("plan_digest", body.text), try body.text("comment") ?? "")
    }

    @Sendable private func approve(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let (plan, comment) = try await decision(request, context)
        return try ThingAnswer.one(
            try await deployments.approve(
                context.number("deployment"),
                plan: plan,
                comment: comment,
                context.act(request, at: clock.now())
            )
        )
    }

    @Sendable private func deny(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let (plan, comment) = try await decision(request, context)
        return try ThingAnswer.one(
            try await deployments.deny(
                context.number("deployment"),
                plan: plan,
                comment: comment,
                context.act(request, at: clock.now())
            )
        )
    }

    @Sendable private func start(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        _ = try await JSONBody(request, context, members: [])
        return try ThingAnswer.one(
            try await deployments.start(
                context.number("deployment"),
                context.act(request, at: clock.now())
            )
        )
    }

    @Sendable private func pause(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        _ = try await JSONBody(request, context, members: [])
        return try ThingAnswer.one(
            try await deployments.pause(
                context.number("deployment"),
                context.act(request, at: clock.now())
            )
        )
    }

    @Sendable private func resume(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let body = try await JSONBody(request, context, members: ["accept"])
        return try ThingAnswer.one(
            try await deployments.resume(
                context.number("deployment"),
                accepting: body.flag("accept") ?? false,
                context.act(request, at: clock.now())
            )
        )
    }

    @Sendable private func abort(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let body = try await JSONBody(request, context, members: ["severity"])
        let severity = try Self.severity(body)
        return try ThingAnswer.one(
            try await deployments.abort(
                context.number("deployment"),
                severity: severity,
                context.act(request, at: clock.now())
            )
        )
    }

    static func severity(_ body: JSONBody) throws -> Revocation.Severity {
        let word = try body.text("severity") ?? Revocation.Severity.doNotActivate.word
        guard let severity = severities.first(where: { $0.word == word })?.severity else {
            let words = severities.map(\.word).joined(separator: ", ")
            throw DomainError(.invalid, "'severity' is one of \(words)")
        }
        return severity
    }

    @Sendable private func rollBack(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        _ = try await JSONBody(request, context, members: [])
        return try ThingAnswer.one(
            try await deployments.rollBack(
                context.number("deployment"),
                context.act(request, at: clock.now())
            )
        )
    }

    @Sendable private func retry(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let body = try await JSONBody(request, context, members: ["ships"])
        return try ThingAnswer.one(
            try await deployments.retry(
                context.number("deployment"),
                ships: body.texts("ships") ?? [],
                context.act(request, at: clock.now())
            )
        )
    }
}
