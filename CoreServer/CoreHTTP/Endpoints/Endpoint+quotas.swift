import CoreDomain
import HTTPTypes

/// What tenants may use, and what they used.
extension Endpoint {
    private static let limits = Schema.record(
        Quota.Limit.allCases.map {
            ($0.rawValue, .nullable(.integer(atLeast: $0.least, atMost: Quota.most)))
        }
    )

    private static let quotas = Answer(
        status: 200,
        meaning: "the tenant's own limits, those that hold, and how far they are used",
        content: [
            (
                "application/json",
                .record([
                    ("limits", limits), ("effective", limits), ("use", .map(.integer(atLeast: 0))),
                    ("version", .integer(atLeast: 0)),
                ])
            )
        ],
        hasVersion: true
    )

    static let getQuotas = Endpoint(
        operation: "getQuotas",
        method: .get,
        path: "quotas",
        access: .tenant(.quotasRead),
        tag: "quotas",
        summary: "A tenant's limits",
        answers: [quotas]
    )

    static let putQuotas = Endpoint(
        operation: "putQuotas",
        method: .put,
        path: "quotas",
        access: .tenant(.quotasWrite),
        tag: "quotas",
        summary:
            "Set a tenant's limits: those that are null or missing fall to the server's defaults",
        parameters: [
            Parameter(
                name: "If-Match",
                place: .header,
                isRequired: true,
                schema: .text,
                meaning: "the ETag of the quotas that are meant, or *"
            )
        ],
        body: [
            (
                "application/json",
                .object(
                    Quota.Limit.allCases.map {
                        (
                            $0.rawValue,
                            .nullable(.integer(atLeast: $0.least, atMost: Quota.most))
                        )
                    },
                    required: []
                )
            )
        ],
        answers: [quotas],
        problems: [412, 428]
    )

    static let getUsage = Endpoint(
        operation: "getUsage",
        method: .get,
        path: "usage",
        access: .tenant(.usageRead),
        tag: "quotas",
        summary: "What a tenant used by UTC day, signed (Ed25519, over the body's bytes)",
        parameters: [
            .query("from", .text, "RFC 3339, a date, or seconds since 1970; 30 days ago"),
            .query("to", .text, "as `from`; now where it is not given"),
            .query("format", .word(["json", "csv"]), "json where it is not given"),
        ],
        answers: [
            Answer(
                status: 200,
                meaning:
                    "days in order; Hawser-Signature is base64, Hawser-Signature-Key the key's id",
                content: [
                    (
                        "application/json",
                        .record([
                            ("tenant", .text), ("from", .moment), ("to", .moment),
                            ("public_key", .text),
                            (
                                "days",
                                .array(
                                    .record([
                                        ("day", .string(format: "date")),
                                        ("samples", .integer(atLeast: 0)),
                                        ("bytes_in", .integer(atLeast: 0)),
                                        ("api_requests", .integer(atLeast: 0)),
                                        ("storage_bytes", .nullable(.integer(atLeast: 0))),
                                        ("ships", .nullable(.integer(atLeast: 0))),
                                        ("series", .nullable(.integer(atLeast: 0))),
                                    ])
                                )
                            ),
                        ])
                    ), ("text/csv", .text),
                ]
            )
        ]
    )
}
