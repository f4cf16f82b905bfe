import CoreDomain
import CoreRegistry
import HTTPTypes

/// What the registry has beside MLflow's API: gates, promotions, manifests.
extension Endpoint {
    private static let gateInPath = inPath("gate", .slug, "the gate's name")
    private static let promotionInPath = inPath(
        "promotion",
        .integer(atLeast: 1),
        "its number"
    )
    private static let modelInPath = inPath("model", .text, "the registered model's name")

    static let listGates = list(
        "listGates",
        "gates",
        .tenant(.modelsRead),
        tag: "registry",
        "Gates before aliases, by name",
        of: .gate
    )
    static let createGate = create(
        "createGate",
        "gates",
        .tenant(.gatesWrite),
        tag: "registry",
        "Put a gate before an alias: every way to move it obeys",
        body: .object(
            [("name", .slug)] + Schema.gateMembers,
            required: ["name", "target"]
        ),
        answer: .gate
    )
    static let getGate = read(
        "getGate",
        "gates/{gate}",
        .tenant(.modelsRead),
        tag: "registry",
        "One gate",
        answer: .gate,
        [gateInPath]
    )
    static let putGate = change(
        "putGate",
        "gates/{gate}",
        .tenant(.gatesWrite),
        tag: "registry",
        "Give a gate other rules",
        body: .object(Schema.gateMembers, required: ["target"]),
        answer: .gate,
        [gateInPath],
        isWhole: true
    )
    static let deleteGate = delete(
        "deleteGate",
        "gates/{gate}",
        .tenant(.gatesWrite),
        tag: "registry",
        "Take a gate away",
        [gateInPath]
    )

    static let listPromotions = list(
        "listPromotions",
        "promotions",
        .tenant(.modelsRead),
        tag: "registry",
        "Requests to promote, the newest first",
        of: .promotion,
        [
            .query("model", .text, "a model's alone"),
            .query(
                "state",
                .word(Promotion.State.allCases.map(\.rawValue)),
                "those alone that are so"
            ),
        ]
    )
    static let requestPromotion: Endpoint = {
        var endpoint = create(
            "requestPromotion",
            "promotions",
            .tenant(.modelsPromote),
            tag: "registry",
            "Ask that a version come under an alias: judged at once, applied if nothing is in the way",
            body: .object(
                [
                    ("model", .text), ("version", .integer(atLeast: 1)), ("target", .text),
                    ("evidence", .evidence), ("reason", .string(atMost: 2000)),
                ],
                required: ["model", "version", "target"]
            ),
            answer: .promotion
        )
        endpoint.problems += [404]
        return endpoint
    }()
    static let getPromotion = read(
        "getPromotion",
        "promotions/{promotion}",
        .tenant(.modelsRead),
        tag: "registry",
        "One request with its verdict",
        answer: .promotion,
        [promotionInPath]
    )
    static let approvePromotion = decision(
        "approvePromotion",
        "approval",
        .modelsApprove,
        "Agree to somebody else's request"
    )
    static let rejectPromotion = decision(
        "rejectPromotion",
        "rejection",
        .modelsApprove,
        "Refuse somebody else's request"
    )
    static let withdrawPromotion = decision(
        "withdrawPromotion",
        "withdrawal",
        .modelsPromote,
        "Take one's own request back"
    )

    private static func decision(
        _ operation: String,
        _ verb: String,
        _ permission: Permission,
        _ summary: String
    ) -> Endpoint {
        Endpoint(
            operation: operation,
            method: .post,
            path: "promotions/{promotion}/\(verb)",
            access: .tenant(permission),
            tag: "registry",
            summary: summary,
            parameters: [promotionInPath],
            body: [
                (
                    "application/json",
                    .object([("comment", .string(atMost: 2000))], required: [])
                )
            ],
            answers: [
                Answer(
                    status: 200,
                    meaning: "as it is now",
                    content: [("application/json", .promotion)],
                    hasVersion: true
                )
            ],
            problems: [404, 409]
        )
    }

    static let listModelMoves = list(
        "listModelMoves",
        "models/{model}/moves",
        .tenant(.modelsRead),
        tag: "registry",
        "Which version was under which alias and in which stage, the newest first",
        of: .move,
        [modelInPath, .query("target", .text, "an alias', or stage:Production's, alone")],
        problems: [404]
    )
    static let getManifest = Endpoint(
        operation: "getManifest",
        method: .get,
        path: "models/{model}/versions/{version}/manifest",
        access: .tenant(.modelsRead),
        tag: "registry",
        summary: "A version's files, lineage and needs, signed by the release key",
        parameters: [modelInPath, inPath("version", .integer(atLeast: 1), "its number")],
        answers: [
            Answer(
                status: 200,
                meaning: "the manifest as a text, and its signature",
                content: [
                    (
                        "application/json",
                        .record([
                            ("manifest", .text), ("sha256", .text), ("signature", .text),
                            ("key_id", .text), ("signed_at", .moment),
                        ])
                    )
                ]
            )
        ],
        problems: [404]
    )
}

extension Schema {
    private static let sources = GateRules.Source.allCases.map(\.rawValue)

    static let evidence = Schema.object(
        sources.map { ($0, .array(.text, atMost: PromotionEvidence.limit)) },
        required: []
    )

    private static let gateRules = Schema.object(
        [
            (
                "metrics",
                .array(
                    .object(
                        [
                            ("metric", .text), ("source", .word(sources)),
                            (
                                "comparison",
                                .word(GateRules.Comparison.allCases.map(\.rawValue))
                            ), ("value", .nullable(.number)), ("ratio", .nullable(.number)),
                            ("points", .nullable(.integer(atLeast: 1, atMost: 1_000_000))),
                        ],
                        required: ["metric", "comparison"]
                    ),
                    atMost: GateRules.limit
                )
            ),
            (
                "tags",
                .array(
                    .object([("key", .text), ("value", .nullable(.text))], required: ["key"]),
                    atMost: GateRules.limit
                )
            ), ("signed", .boolean),
            ("evidence_days", .nullable(.integer(atLeast: 1, atMost: 3650))),
        ],
        required: []
    )

    static let gateMembers: [(name: String, schema: Schema)] = [
        ("model", .text), ("target", .text), ("rules", gateRules),
        ("approvals", .integer(atLeast: 0, atMost: 5)),
        ("approvers", .word(GateApprovers.allCases.map(\.rawValue))),
    ]

    static let gate = Schema.object(
        [("name", .slug)] + gateMembers
            + [("created_at", .moment), ("updated_at", .moment), ("version", .version)],
        required: [
            "name", "model", "target", "rules", "approvals", "approvers", "created_at",
            "updated_at", "version",
        ]
    )

    static let promotion = Schema.object(
        [
            ("id", .integer()), ("model", .text), ("model_version", .integer()), ("target", .text),
            ("state", .word(Promotion.State.allCases.map(\.rawValue))), ("reason", .text),
            ("evidence", .object([("runs", .map(.array(.text)))], required: [])),
            (
                "verdict",
                .record([
                    (
                        "checks",
                        .array(
                            .record([
                                ("gate", .text), ("rule", .text),
                                ("outcome", .word(["pass", "fail", "inconclusive"])),
                                ("found", .text),
                            ])
                        )
                    ),
                    (
                        "approvals",
                        .array(
                            .record([
                                ("gate", .text), ("needed", .integer(atLeast: 1)),
                                ("approvers", .word(GateApprovers.allCases.map(\.rawValue))),
                                ("by", .array(.text)),
                            ])
                        )
                    ), ("approved_by", .array(.text)),
                ])
            ), ("requested_by", .text), ("created_at", .moment), ("expires_at", .moment),
            ("decided_at", .moment), ("version", .version),
        ],
        required: [
            "id", "model", "model_version", "target", "state", "reason", "evidence", "verdict",
            "requested_by", "created_at", "expires_at", "version",
        ]
    )

    static let move = Schema.object(
        [
            ("number", .integer()), ("target", .text), ("from_version", .integer()),
            ("to_version", .integer()), ("at", .moment), ("actor", .text),
            ("promotion", .integer()),
        ],
        required: ["number", "target", "at", "actor"]
    )
}
