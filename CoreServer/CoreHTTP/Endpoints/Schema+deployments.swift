import CoreDeploy
import FleetDeploy

/// Deployments as the document shows them.
extension Schema {
    private static let count = Schema.integer(atLeast: 0)
    private static let choice = Schema.map(.array(.text))
    private static let windows = Schema.array(
        .object(
            [("days", .array(.text)), ("start", .text), ("minutes", .integer(atLeast: 1))],
            required: ["start", "minutes"]
        )
    )
    private static let navigation = Schema.array(
        .word(ShipFacts.Navigation.allCases.map(\.description))
    )

    private static let probe = Schema.object(
        [
            ("command", .text),
            ("http", .record([("port", .integer(atLeast: 1, atMost: 65_535)), ("path", .text)])),
            (
                "metric",
                .record([
                    ("selector", .text),
                    ("comparison", .word(["below", "at_most", "at_least", "above"])),
                    ("value", .number),
                ])
            ), ("anomalies_at_most", count), ("interval_seconds", .integer(atLeast: 1)),
            ("failures", .integer(atLeast: 1)),
        ],
        required: []
    )

    private static let targets = Schema.object(
        [
            ("labels", choice), ("fleets", .array(.text)), ("ships", .array(.text)),
            ("deployment", .integer(atLeast: 1)),
        ],
        required: []
    )
    private static let waves = Schema.array(
        .object(
            [
                ("name", .string(atMost: 100)), ("ships", .array(.text)), ("labels", choice),
                ("count", .integer(atLeast: 1)), ("percent", .number),
            ],
            required: ["name"]
        ),
        atMost: DeploymentRequest.waveLimit
    )
    private static let limits = Schema.array(
        .object(
            [("by", .text), ("count", .integer(atLeast: 1)), ("percent", .number)],
            required: ["by"]
        ),
        atMost: DeploymentRequest.limitLimit
    )
    private static let download = Schema.object(
        [
            ("bearers", .array(.text)), ("navigation", navigation), ("windows", windows),
            ("daily_bytes", .integer(atLeast: 1)),
        ],
        required: []
    )
    private static let activation = Schema.object(
        [
            ("navigation", navigation), ("longest_fact_age_seconds", count), ("windows", windows),
            ("attended", .boolean), ("labels", .map(.text)), ("not_before", .moment),
            ("not_after", .moment),
        ],
        required: []
    )
    private static let contract = Schema.object(
        [
            ("probes", .array(probe, atMost: Probe.limit)), ("soak_seconds", count),
            ("dead_man_seconds", count), ("at_expiry", .word(["roll_back", "stay", "ask"])),
        ],
        required: []
    )
    private static let failure = Schema.object(
        [
            ("minimum", .integer(atLeast: 1)), ("tolerated", .number), ("confidence", .number),
            ("quorum", .number), ("soak_seconds", count), ("stranded", count),
        ],
        required: []
    )
    private static let deadline = Schema.object(
        [("at", .moment), ("contacts", .integer(atLeast: 1))],
        required: []
    )

    private static let agreement = Schema.object(
        [("share", .number), ("minimum", count), ("days", .integer(atLeast: 1, atMost: 1000))],
        required: []
    )

    static let deploymentRequest = Schema.object(
        [
            ("name", .slug), ("slot", .string(pattern: "^[a-z0-9][a-z0-9-]{0,63}$")),
            ("model", .text), ("model_version", .integer(atLeast: 1)),
            ("mode", .word(["live", "shadow", "promotion"])), ("targets", targets),
            ("waves", waves),
            ("limits", limits), ("download", download), ("activation", activation),
            ("contract", contract), ("deadline", deadline), ("failure", failure),
            ("approvals", .integer(atLeast: 0, atMost: 10)), ("agreement", agreement),
        ],
        required: ["name", "slot", "model", "model_version", "targets", "waves"]
    )

    private static let totals = Schema.object(
        [
            ("ships", count), ("bytes", count), ("bytes_with_retries", count),
            ("costs", .array(.record([("currency", .text), ("micros", count)]))),
            ("estimates", count), ("methods", .map(count)), ("p50_seconds", count),
            ("p90_seconds", count),
            ("without_forecast", count),
        ],
        required: [
            "ships", "bytes", "bytes_with_retries", "costs", "estimates", "methods",
            "without_forecast",
        ]
    )
    private static let plan = Schema.record([
        ("totals", totals),
        (
            "waves",
            .array(.record([("wave", count), ("name", .text), ("totals", totals)]))
        ), ("warnings", .array(.text)),
    ])

    static let deploymentPreview = Schema.object(
        [
            ("plan", plan), ("name", .text), ("slot", .text), ("model", .text),
            ("model_version", count),
        ],
        required: ["plan", "name", "slot", "model", "model_version"]
    )

    static let deployment = Schema.object(
        [
            ("id", .integer(atLeast: 1)), ("name", .slug), ("revision", count), ("slot", .text),
            ("model", .text), ("model_version", count), ("digest", .text), ("size", count),
            ("request", .any), ("plan", plan), ("plan_digest", .text),
            ("approvals_needed", count), ("deadline_at", .moment),
            ("state", .word(DeploymentState.allCases.map(\.rawValue))), ("reason", .text),
            ("created_by", .text), ("created_at", .moment), ("updated_at", .moment),
            ("started_at", .moment), ("ended_at", .moment), ("version", .version),
        ],
        required: [
            "id", "name", "revision", "slot", "model", "model_version", "digest", "size", "request",
            "plan", "plan_digest", "approvals_needed", "state", "reason", "created_by",
            "created_at", "updated_at", "version",
        ]
    )

    static let deploymentWave = Schema.object(
        [
            ("wave", count), ("name", .text),
            ("state", .word(WaveState.allCases.map(\.rawValue))), ("reason", .text),
            ("ships", count), ("states", .map(count)), ("verdict", .text),
            ("opened_at", .moment), ("ended_at", .moment), ("version", .version),
        ],
        required: ["wave", "name", "state", "reason", "ships", "states", "version"]
    )

    private static let bearerShare = Schema.record([
        ("bearer", .text), ("bytes", count), ("cost_micros", count), ("currency", .text),
    ])

    static let deploymentShip = Schema.object(
        [
            ("ship", .slug), ("wave", count), ("state", .text), ("reason", .text),
            ("method", .word(["held", "delta", "full"])), ("base", .text), ("bytes", count),
            ("estimated", .boolean), ("bytes_with_retries", count), ("cost_micros", count),
            ("currency", .text), ("bearers", .array(bearerShare)), ("sent", count),
            ("p50_seconds", count), ("p90_seconds", count), ("activation", count),
            ("running", .text), ("released_at", .moment), ("told_at", .moment),
            ("version", .version),
        ],
        required: [
            "ship", "wave", "state", "reason", "method", "bytes", "estimated",
            "bytes_with_retries", "cost_micros", "currency", "bearers", "sent", "version",
        ]
    )

    static let deploymentEvent = Schema.object(
        [
            ("id", count), ("at", .moment), ("kind", .text), ("wave", count), ("ship", .text),
            ("from", .text), ("to", .text), ("actor", .text), ("reason", .text),
        ],
        required: ["id", "at", "kind", "from", "to", "actor", "reason"]
    )

    static let revocation = Schema.object(
        [
            ("id", .integer(atLeast: 1)), ("model", .text), ("model_version", .integer(atLeast: 1)),
            ("digest", .text), ("severity", .word(Revocation.Severity.allCases.map(\.word))),
            ("reason", .text), ("revoked_by", .text), ("revoked_at", .moment),
            ("ships_waiting", .integer(atLeast: 0)), ("ships_told", .integer(atLeast: 0)),
            ("version", .version),
        ],
        required: [
            "id", "model", "model_version", "digest", "severity", "reason", "revoked_by",
            "revoked_at", "ships_waiting", "ships_told", "version",
        ]
    )

    static let freeze = Schema.object(
        [
            ("id", count), ("name", .slug), ("selector", choice), ("from", .moment),
            ("to", .moment), ("reason", .text), ("created_at", .moment), ("version", .version),
        ],
        required: ["id", "name", "from", "to", "reason", "created_at", "version"]
    )

    static let deployPolicy = Schema.object(
        [
            ("name", .slug), ("kind", .word(DeployPolicy.Kind.allCases.map(\.rawValue))),
            ("priority", .integer()), ("selector", choice), ("dry_run", .boolean),
            ("amount", count), ("currency", .text),
            ("percent", .integer(atLeast: 1, atMost: 100)), ("updated_at", .moment),
            ("version", .version),
        ],
        required: [
            "name", "kind", "priority", "dry_run", "amount", "currency", "updated_at", "version",
        ]
    )
}
