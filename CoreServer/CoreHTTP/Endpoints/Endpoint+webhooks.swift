import CoreDomain
import CoreRegistry
import HTTPTypes

/// Webhooks beside MLflow's calls about them.
extension Endpoint {
    private static let webhookInPath = inPath("webhook", .text, "the webhook's id")

    static let listWebhooks = list(
        "listWebhooks",
        "webhooks",
        .tenant(.webhooksRead),
        tag: "registry",
        "Who is told of what happens to models, by name",
        of: .webhook
    )
    static let createWebhook = create(
        "createWebhook",
        "webhooks",
        .tenant(.webhooksWrite),
        tag: "registry",
        "Have a server told of what happens to models",
        body: .object(Schema.webhookMembers, required: ["name", "url", "events"]),
        answer: .webhook
    )
    static let getWebhook = read(
        "getWebhook",
        "webhooks/{webhook}",
        .tenant(.webhooksRead),
        tag: "registry",
        "One webhook",
        answer: .webhook,
        [webhookInPath]
    )
    static let patchWebhook = change(
        "patchWebhook",
        "webhooks/{webhook}",
        .tenant(.webhooksWrite),
        tag: "registry",
        "Change a webhook; an empty secret takes its secret away",
        body: .object(Schema.webhookMembers, required: []),
        answer: .webhook,
        [webhookInPath]
    )
    static let deleteWebhook = delete(
        "deleteWebhook",
        "webhooks/{webhook}",
        .tenant(.webhooksWrite),
        tag: "registry",
        "Take a webhook away, with all that waits for it",
        [webhookInPath]
    )
    static let testWebhook = Endpoint(
        operation: "testWebhook",
        method: .post,
        path: "webhooks/{webhook}/test",
        access: .tenant(.webhooksWrite),
        tag: "registry",
        summary: "Send a webhook an example at once",
        parameters: [webhookInPath],
        body: [
            (
                "application/json",
                .object([("event", .word(WebhookEvent.allCases.map(\.rawValue)))], required: [])
            )
        ],
        answers: [
            Answer(
                status: 200,
                meaning: "what became of it",
                content: [
                    (
                        "application/json",
                        .object(
                            [
                                ("success", .boolean), ("response_status", .integer()),
                                ("response_body", .text), ("error_message", .text),
                            ],
                            required: ["success"]
                        )
                    )
                ]
            )
        ],
        problems: [404]
    )
    static let listWebhookDeliveries = list(
        "listWebhookDeliveries",
        "webhooks/{webhook}/deliveries",
        .tenant(.webhooksRead),
        tag: "registry",
        "What a webhook was told, is to be told, and was not, the newest first",
        of: .webhookDelivery,
        [
            webhookInPath,
            .query(
                "state",
                .word(WebhookDelivery.State.allCases.map(\.rawValue)),
                "those alone that are so"
            ),
        ],
        problems: [404]
    )
    static let retryWebhookDelivery = Endpoint(
        operation: "retryWebhookDelivery",
        method: .post,
        path: "webhooks/{webhook}/deliveries/{delivery}/retry",
        access: .tenant(.webhooksWrite),
        tag: "registry",
        summary: "Deliver again what is over",
        parameters: [
            webhookInPath, inPath("delivery", .integer(atLeast: 1), "its number"),
        ],
        answers: [
            Answer(
                status: 200,
                meaning: "as it is now",
                content: [("application/json", .webhookDelivery)],
                hasVersion: true
            )
        ],
        problems: [404, 409]
    )
}

extension Schema {
    private static let webhookEvents = Schema.array(
        .word(WebhookEvent.allCases.map(\.rawValue)),
        atMost: 100
    )

    static let webhookMembers: [(name: String, schema: Schema)] = [
        ("name", .string(atMost: 63)), ("description", .string(atMost: 1000)),
        ("url", .string(atMost: 2000)), ("events", webhookEvents), ("active", .boolean),
        ("secret", .string(atMost: 1000)),
    ]

    static let webhook = Schema.object(
        [
            ("id", .text), ("name", .text), ("description", .text), ("url", .text),
            ("events", webhookEvents), ("active", .boolean), ("signed", .boolean),
            ("failures", .integer(atLeast: 0)), ("created_at", .moment), ("updated_at", .moment),
            ("version", .version),
        ],
        required: [
            "id", "name", "description", "url", "events", "active", "signed", "failures",
            "created_at", "updated_at", "version",
        ]
    )

    static let webhookDelivery = Schema.object(
        [
            ("number", .integer()), ("id", .text), ("event", .text),
            ("state", .word(WebhookDelivery.State.allCases.map(\.rawValue))),
            ("attempts", .integer(atLeast: 0)), ("last_status", .integer()),
            ("last_error", .text), ("created_at", .moment), ("due_at", .moment),
            ("decided_at", .moment),
        ],
        required: ["number", "id", "event", "state", "attempts", "created_at"]
    )
}
