import CoreDomain
import CoreRegistry
import FleetRuntime
import Hummingbird

/// Webhooks with all that MLflow's calls can't say of them: our own events, and what became of deliveries.
struct WebhookSettingRoutes: Sendable {
    private static let members: Set<String> = [
        "name", "description", "url", "events", "active", "secret",
    ]

    let webhooks: Webhooks
    let clock: WallClock

    func add(to router: inout EndpointRouter) {
        router.on(.listWebhooks, use: page)
        router.on(.createWebhook, use: create)
        router.on(.getWebhook, use: one)
        router.on(.patchWebhook, use: change)
        router.on(.deleteWebhook, use: delete)
        router.on(.testWebhook, use: test)
        router.on(.listWebhookDeliveries, use: deliveries)
        router.on(.retryWebhookDelivery, use: retry)
    }

    @Sendable private func page(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let query = RequestQuery(request)
        return try ThingAnswer.page(
            try await webhooks.page(
                of: context.caller.tenant,
                after: query.word("cursor"),
                limit: query.limit()
            )
        )
    }

    @Sendable private func one(_ request: Request, _ context: APIContext) async throws -> Response {
        try ThingAnswer.one(
            try await webhooks.find(context.name("webhook"), of: context.caller.tenant)
        )
    }

    private func details(_ request: Request, _ context: APIContext) async throws -> WebhookDetails {
        let body = try await JSONBody(request, context, members: Self.members)
        let events = try body.texts("events")?.map { text in
            guard let event = WebhookEvent(rawValue: text) else {
                let known = WebhookEvent.allCases.map(\.rawValue).joined(separator: ", ")
                throw DomainError(.invalid, "'events' are of \(known)")
            }
            return event
        }
        return WebhookDetails(
            name: try body.text("name"),
            description: try body.text("description"),
            url: try body.text("url"),
            events: events,
            active: try body.flag("active"),
            secret: try body.text("secret").map { Secret($0) }
        )
    }

    @Sendable private func create(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let made = try await webhooks.create(
            details(request, context),
            context.act(request, at: clock.now())
        )
        return try ThingAnswer.created(made, request)
    }

    @Sendable private func change(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let match = try request.versionMatch()
        return try ThingAnswer.one(
            try await webhooks.change(
                context.name("webhook"),
                match,
                details(request, context),
                context.act(request, at: clock.now())
            )
        )
    }

    @Sendable private func delete(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        try await webhooks.delete(
            context.name("webhook"),
            request.versionMatch(),
            context.act(request, at: clock.now())
        )
        return Response(status: .noContent)
    }

    @Sendable private func test(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let body = try await JSONBody(request, context, members: ["event"])
        let event: WebhookEvent? = try body.word("event")
        let answer = try await webhooks.test(
            context.name("webhook"),
            event,
            of: context.caller.tenant
        )
        return ThingAnswer.json(answer.json.text)
    }

    @Sendable private func deliveries(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let query = RequestQuery(request)
        let state = try query.word("state").map { word in
            guard let state = WebhookDelivery.State(rawValue: word) else {
                let words = WebhookDelivery.State.allCases.map(\.rawValue).joined(separator: ", ")
                throw DomainError(.invalid, "'state' is one of \(words)")
            }
            return state
        }
        let cursor = try query.word("cursor").map { text in
            guard let number = Int64(text) else {
                throw DomainError(.invalid, "'cursor' is what the page before said is next")
            }
            return number
        }
        return try ThingAnswer.page(
            try await webhooks.deliveries(
                to: context.name("webhook"),
                state: state,
                of: context.caller.tenant,
                before: cursor,
                limit: query.limit()
            )
        )
    }

    @Sendable private func retry(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let delivery = try await webhooks.retry(
            context.number("delivery"),
            to: context.name("webhook"),
            context.act(request, at: clock.now())
        )
        return try ThingAnswer.one(delivery)
    }
}
