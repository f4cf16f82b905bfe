import CoreDomain

/// How things look.
extension Schema {
    static let shortText = Schema.string(atMost: 500)
    static let userName = Schema.string(pattern: "^[A-Za-z0-9._@+-]{1,100}$")
    static let version = Schema.integer(atLeast: 0)
    static let labelKey = Schema.string(pattern: "^[A-Za-z0-9_]{1,63}$")
    static let labels = Schema.map(.string(atMost: 255), atMost: ShipLabels.limit)
    static let selector = Schema.map(
        .array(.string(atMost: 255), atMost: FleetSelector.valueLimit),
        atMost: FleetSelector.keyLimit
    )
    static let role = Schema.word(Role.allCases.map(\.rawValue))
    static let permission = Schema.word(Permission.allCases.sorted().map(\.rawValue))

    private static let stamps: [(name: String, schema: Schema)] = [
        ("created_at", .moment), ("updated_at", .moment), ("version", .version),
    ]

    static let user = Schema.object(
        [
            ("id", .integer()), ("kind", .word(User.Kind.allCases.map(\.rawValue))),
            ("name", .text), ("display_name", .text), ("email", .text), ("oidc_issuer", .text),
            ("oidc_subject", .text), ("has_password", .boolean), ("disabled_at", .moment),
        ] + stamps,
        required: [
            "id", "kind", "name", "display_name", "has_password", "created_at", "updated_at",
            "version",
        ]
    )

    static let binding = Schema.object(
        [
            ("id", .integer()), ("user", .text), ("role", .role), ("fleet", .text),
            ("ship", .text), ("valid_from", .moment), ("valid_until", .moment),
            ("granted_by", .text), ("reason", .text), ("created_at", .moment),
            ("version", .version),
        ],
        required: [
            "id", "user", "role", "valid_from", "granted_by", "reason", "created_at", "version",
        ]
    )

    private static let tokenMembers: [(name: String, schema: Schema)] = [
        ("id", .integer()), ("user", .text), ("name", .text), ("scopes", .array(.text)),
        ("created_at", .moment), ("expires_at", .moment), ("revoked_at", .moment),
        ("last_used_at", .moment), ("version", .version),
    ]
    private static let tokenNeeds = ["id", "user", "name", "created_at", "expires_at", "version"]
    static let token = Schema.object(tokenMembers, required: tokenNeeds)
    static let newToken = Schema.object(
        tokenMembers + [("token", .text)],
        required: tokenNeeds + ["token"]
    )

    static let fleet = Schema.object(
        [
            ("id", .integer()), ("name", .slug), ("description", .text), ("selector", .selector),
        ] + stamps,
        required: [
            "id", "name", "description", "selector", "created_at", "updated_at", "version",
        ]
    )

    static let bearer = Schema.record([
        ("name", .slug), ("rate_bits", .integer(atLeast: 1, atMost: 1_000_000_000_000)),
        ("price_micros_per_mb", .integer(atLeast: 0, atMost: 1_000_000_000_000)),
        ("currency", .string(pattern: "^[A-Z]{3}$")),
    ])

    private static let shipMembers: [(name: String, schema: Schema)] =
        [
            ("id", .integer()), ("name", .slug), ("class", .text), ("owner", .text),
            ("labels", .labels), ("bearers", .array(.bearer, atMost: Bearer.limit)),
            ("last_contact_at", .moment), ("revoked_at", .moment),
        ] + stamps
    private static let shipNeeds = [
        "id", "name", "class", "owner", "labels", "bearers", "created_at", "version",
    ]
    static let ship = Schema.object(shipMembers, required: shipNeeds)
    static let newShip = Schema.object(
        shipMembers + [("enrolment_token", .text), ("enrolment_expires_at", .moment)],
        required: shipNeeds + ["enrolment_token", "enrolment_expires_at"]
    )
    static let enrolmentToken = Schema.record([("token", .text), ("expires_at", .moment)])

    static let tenant = Schema.object(
        [("name", .text), ("display_name", .text), ("ending_at", .moment)] + stamps,
        required: ["name", "display_name", "created_at", "version"]
    )

    private static let days = Schema.integer(atLeast: 1, atMost: 36_500)
    private static let retentionDays: [(name: String, schema: Schema)] = [
        ("raw_days", days), ("five_minute_days", days), ("hour_days", days), ("log_days", days),
        ("record_days", .integer(atLeast: 400, atMost: 36_500)),
    ]
    static let newRetention = Schema.record(retentionDays)
    static let retention = Schema.record(retentionDays + [("version", .version)])

    private static let policyMembers: [(name: String, schema: Schema)] = [
        ("allowed", .array(.labelKey, atMost: LabelPolicy.keyLimit)),
        ("required", .array(.labelKey, atMost: LabelPolicy.keyLimit)),
        ("label_limit", .integer(atLeast: 0, atMost: 64)),
        ("value_limit", .integer(atLeast: 1, atMost: 255)),
    ]
    static let newLabelPolicy = Schema.object(
        [("allowed", .nullable(.array(.labelKey, atMost: LabelPolicy.keyLimit)))]
            + policyMembers.dropFirst(),
        required: []
    )
    static let labelPolicy = Schema.object(
        policyMembers + [("version", .version)],
        required: ["required", "label_limit", "value_limit", "version"]
    )
}
