import CoreDomain
import CoreRegistry
import FleetRuntime
import HTTPTypes

/// MLflow's calls about webhooks.
struct WebhookRoutes: Sendable {
    let webhooks: Webhooks
    let clock: WallClock

    func add(to router: inout EndpointRouter) {
        router.on(.mlflow("createMLflowWebhook", .post, "webhooks", .webhooksWrite)) { call in
            let made = try await webhooks.create(
                call.fields.webhook(),
                call.act(at: clock.now())
            )
            return .object([("webhook", made.mlflow)])
        }
        router.on(.mlflow("listMLflowWebhooks", .get, "webhooks", .webhooksRead)) { call in
            let page = try await webhooks.search(
                of: call.tenant,
                limit: call.fields.limit(default: 100, most: 1000),
                token: call.fields.text("page_token")
            )
            return page.json("webhooks", \.mlflow)
        }
        let one = "webhooks/{webhook}"
        router.on(.mlflow("getMLflowWebhook", .get, one, .webhooksRead)) { call in
            let found = try await webhooks.find(call.context.name("webhook"), of: call.tenant)
            return .object([("webhook", found.mlflow)])
        }
        router.on(.mlflow("updateMLflowWebhook", .patch, one, .webhooksWrite)) { call in
            let changed = try await webhooks.change(
                call.context.name("webhook"),
                .any,
                call.fields.webhook(),
                call.act(at: clock.now())
            )
            return .object([("webhook", changed.mlflow)])
        }
        router.on(.mlflow("deleteMLflowWebhook", .delete, one, .webhooksWrite)) { call in
            try await webhooks.delete(
                call.context.name("webhook"),
                .any,
                call.act(at: clock.now())
            )
            return .object([])
        }
        router.on(.mlflow("testMLflowWebhook", .post, one + "/test", .webhooksWrite)) { call in
            let answer = try await webhooks.test(
                call.context.name("webhook"),
                call.fields.message("event")?.event(),
                of: call.tenant
            )
            return .object([("result", answer.json)])
        }
    }
}

extension MLflowFields {
    /// - Throws: `RegistryError` `invalid`.
    fileprivate func webhook() throws(RegistryError) -> WebhookDetails {
        var events: [WebhookEvent] = []
        for message in try messages("events") { events.append(try message.event()) }
        let status: Webhook.Status? = try choice("status", word: \.word)
        let secret = try text("secret")
        return WebhookDetails(
            name: try text("name"),
            description: try text("description"),
            url: try text("url"),
            events: events.isEmpty ? nil : events,
            active: status.map { $0 == .active },
            secret: secret.map { Secret($0) }
        )
    }

    fileprivate func event() throws(RegistryError) -> WebhookEvent {
        let entity = try required("entity")
        let action = try required("action")
        guard let event = WebhookEvent(entity: entity, action: action) else {
            let known = WebhookEvent.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid(
                "Invalid action '\(action.prefix(100))' for entity '\(entity.prefix(100))'. "
                    + "Events are: \(known)"
            )
        }
        return event
    }
}

extension Webhook {
    /// MLflow's message. Its clients fail on events that they don't know: those stand apart.
    fileprivate var mlflow: JSONText {
        var members: [(key: String, value: JSONText)] = [
            ("webhook_id", .string(id)), ("name", .string(name)),
        ]
        if !description.isEmpty { members.append(("description", .string(description))) }
        let known = events.filter(\.isMLflow)
        let own = events.filter { !$0.isMLflow }
        members += [
            ("url", .string(url)),
            (
                "events",
                .array(
                    known.map {
                        .object([
                            ("entity", .string($0.entity.uppercased())),
                            ("action", .string($0.action.uppercased())),
                        ])
                    }
                )
            ), ("status", .string(status.word)),
            ("creation_timestamp", .integer(createdAtMilliseconds)),
            ("last_updated_timestamp", .integer(updatedAtMilliseconds)),
        ]
        if !own.isEmpty {
            members.append(("hawser_events", .array(own.map { .string($0.rawValue) })))
        }
        return .object(members)
    }
}

extension WebhookAnswer {
    /// MLflow's message of a trial.
    var json: JSONText {
        var members: [(key: String, value: JSONText)] = [("success", .boolean(isSuccess))]
        switch self {
        case .answered(let status, let body):
            members += [
                ("response_status", .integer(Int64(status))), ("response_body", .string(body)),
            ]
        case .failed: members.append(("error_message", .string(reason)))
        }
        return .object(members)
    }
}
