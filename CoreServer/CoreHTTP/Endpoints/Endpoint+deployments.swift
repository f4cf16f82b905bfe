import CoreDeploy
import CoreDomain
import FleetDeploy
import HTTPTypes

/// Deployments: what is to run aboard which ships, and how far it has come.
extension Endpoint {
    private static let deploymentInPath = inPath(
        "deployment",
        .integer(atLeast: 1),
        "its number"
    )
    private static let dryRun = Parameter.query(
        "dry_run",
        .boolean,
        "only what it would come to: nothing is kept"
    )
    private static let asRead = Parameter(
        name: "If-Match",
        place: .header,
        isRequired: true,
        schema: .text,
        meaning: "the ETag of what was read, or *"
    )

    static let listDeployments = list(
        "listDeployments",
        "deployments",
        .tenant(.deploymentsRead),
        tag: "deployments",
        "Deployments, the newest first",
        of: .deployment,
        [.query("state", .word(DeploymentState.allCases.map(\.rawValue)), "only those")]
    )
    static let planDeployment = Endpoint(
        operation: "planDeployment",
        method: .post,
        path: "deployments",
        access: .tenant(.deploymentsWrite),
        tag: "deployments",
        summary: "Work a deployment out for every ship, and freeze that",
        parameters: [dryRun],
        body: [("application/json", .deploymentRequest)],
        answers: [
            Answer(
                status: 201,
                meaning: "it is frozen, and waits for approval or to be started",
                content: [("application/json", .deployment)],
                hasVersion: true
            ),
            Answer(
                status: 200,
                meaning: "what it would come to",
                content: [("application/json", .deploymentPreview)]
            ),
        ],
        problems: [409, 422]
    )
    static let getDeployment = read(
        "getDeployment",
        "deployments/{deployment}",
        .tenant(.deploymentsRead),
        tag: "deployments",
        "One deployment",
        answer: .deployment,
        [deploymentInPath]
    )
    static let changeDeployment = Endpoint(
        operation: "changeDeployment",
        method: .put,
        path: "deployments/{deployment}",
        access: .tenant(.deploymentsWrite),
        tag: "deployments",
        summary:
            "Another revision of one that was not started: worked out anew, approved by nobody",
        parameters: [deploymentInPath, dryRun, asRead],
        body: [("application/json", .deploymentRequest)],
        answers: [
            Answer(
                status: 200,
                meaning: "as it is now; with dry_run what it would come to",
                content: [("application/json", .deployment)],
                hasVersion: true
            )
        ],
        problems: [404, 409, 412, 422, 428]
    )
    static let listDeploymentWaves = Endpoint(
        operation: "listDeploymentWaves",
        method: .get,
        path: "deployments/{deployment}/waves",
        access: .tenant(.deploymentsRead),
        tag: "deployments",
        summary: "A deployment's waves, and how many of their ships are where",
        parameters: [deploymentInPath],
        answers: [
            Answer(
                status: 200,
                meaning: "all of them, in order",
                content: [("application/json", .page(.deploymentWave))]
            )
        ],
        problems: [404]
    )
    static let listDeploymentShips = list(
        "listDeploymentShips",
        "deployments/{deployment}/ships",
        .tenant(.deploymentsRead),
        tag: "deployments",
        "A deployment's ships: their lines of the plan, and how far they have come",
        of: .deploymentShip,
        [
            deploymentInPath, .query("wave", .integer(atLeast: 1), "only this wave's"),
            .query(
                "state",
                .word(ShipDeploymentState.allCases.map(\.rawValue)),
                "only those in this state"
            ),
        ],
        problems: [404]
    )
    static let listDeploymentEvents = list(
        "listDeploymentEvents",
        "deployments/{deployment}/events",
        .tenant(.deploymentsRead),
        tag: "deployments",
        "What happened to a deployment, the oldest first; `cursor` is the last id that was seen",
        of: .deploymentEvent,
        [deploymentInPath],
        problems: [404]
    )
    static let getDeploymentExposure = Endpoint(
        operation: "getDeploymentExposure",
        method: .get,
        path: "deployments/{deployment}/exposure",
        access: .tenant(.deploymentsRead),
        tag: "deployments",
        summary: "Whom an abort would reach too late, maybe",
        parameters: [deploymentInPath],
        answers: [
            Answer(
                status: 200,
                meaning: "numbers of ships, and seconds until they are usually heard",
                content: [
                    (
                        "application/json",
                        .object(
                            [
                                ("holding", .integer(atLeast: 0)),
                                ("may_activate", .integer(atLeast: 0)),
                                ("activated", .integer(atLeast: 0)),
                                ("succeeded", .integer(atLeast: 0)),
                                ("usual_seconds", .integer(atLeast: 0)),
                                ("longest_seconds", .integer(atLeast: 0)),
                            ],
                            required: ["holding", "may_activate", "activated", "succeeded"]
                        )
                    )
                ]
            )
        ],
        problems: [404]
    )

    static let approveDeployment = steer(
        "approve",
        .deploymentsApprove,
        "Agree to the plan that the digest names; by somebody else than who made it",
        body: .object(
            [("plan_digest", .text), ("comment", .string(atMost: 2000))],
            required: ["plan_digest"]
        )
    )
    static let denyDeployment = steer(
        "deny",
        .deploymentsApprove,
        "Speak against the plan that the digest names",
        body: .object(
            [("plan_digest", .text), ("comment", .string(atMost: 2000))],
            required: ["plan_digest"]
        )
    )
    static let startDeployment = steer(
        "start",
        .deploymentsWrite,
        "Open the first wave as soon as what it needs is built"
    )
    static let pauseDeployment = steer(
        "pause",
        .deploymentsWrite,
        "Give ships neither orders nor bytes; one that has all bytes goes on by its contract"
    )
    static let resumeDeployment = steer(
        "resume",
        .deploymentsWrite,
        "Go on; with `accept` past waves that a gate stopped or held",
        body: .object([("accept", .boolean)], required: [])
    )
    static let abortDeployment = steer(
        "abort",
        .deploymentsWrite,
        "Stop it everywhere: ships that hold the order are told first thing at their next contact",
        body: .object(
            [("severity", .word(DeploymentRoutes.severities.map(\.word)))],
            required: []
        )
    )
    static let rollBackDeployment = steer(
        "rollback",
        .deploymentsWrite,
        "Have ships that run it go back to what they ran before"
    )
    static let retryDeployment = steer(
        "retry",
        .deploymentsWrite,
        "Give ships that failed, refused or were called off the order again",
        body: .object([("ships", .array(.text, atMost: 1000))], required: [])
    )

    private static func steer(
        _ verb: String,
        _ permission: Permission,
        _ summary: String,
        body: Schema = .object([], required: [])
    ) -> Endpoint {
        let operation = verb == "rollback" ? "rollBack" : verb
        return Endpoint(
            operation: "\(operation)Deployment",
            method: .post,
            path: "deployments/{deployment}/\(verb)",
            access: .tenant(permission),
            tag: "deployments",
            summary: summary,
            parameters: [deploymentInPath],
            body: [("application/json", body)],
            answers: [
                Answer(
                    status: 200,
                    meaning: "as it is now",
                    content: [("application/json", .deployment)],
                    hasVersion: true
                )
            ],
            problems: [404, 409, 422]
        )
    }

    // MARK: Freezes and policies

    private static let freezeInPath = inPath("freeze", .integer(atLeast: 1), "its number")
    private static let policyInPath = inPath("policy", .slug, "its name")

    static let listFreezes = list(
        "listFreezes",
        "freezes",
        .tenant(.deploymentsRead),
        tag: "deployments",
        "Times in which nothing is released",
        of: .freeze
    )
    static let createFreeze = create(
        "createFreeze",
        "freezes",
        .tenant(.deployPoliciesWrite),
        tag: "deployments",
        "Release nothing in a time, to some ships or to any",
        body: .object(
            [
                ("name", .slug), ("selector", .map(.array(.text))), ("from", .moment),
                ("to", .moment), ("reason", .string(atMost: 2000)),
            ],
            required: ["name", "from", "to"]
        ),
        answer: .freeze
    )
    static let deleteFreeze = Endpoint(
        operation: "deleteFreeze",
        method: .delete,
        path: "freezes/{freeze}",
        access: .tenant(.deployPoliciesWrite),
        tag: "deployments",
        summary: "Lift a freeze",
        parameters: [freezeInPath],
        answers: [Answer(status: 204, meaning: "it is lifted", content: [])],
        problems: [404]
    )
    static let listDeployPolicies = list(
        "listDeployPolicies",
        "deploy-policies",
        .tenant(.deploymentsRead),
        tag: "deployments",
        "What deployments are held to",
        of: .deployPolicy
    )
    static let putDeployPolicy = Endpoint(
        operation: "putDeployPolicy",
        method: .put,
        path: "deploy-policies/{policy}",
        access: .tenant(.deployPoliciesWrite),
        tag: "deployments",
        summary: "Make a policy, or set it anew",
        parameters: [policyInPath],
        body: [
            (
                "application/json",
                .object(
                    [
                        ("kind", .word(DeployPolicy.Kind.allCases.map(\.rawValue))),
                        ("priority", .integer(atLeast: -1000, atMost: 1000)),
                        ("selector", .map(.array(.text))), ("dry_run", .boolean),
                        ("amount", .integer(atLeast: 0)), ("currency", .text),
                        ("percent", .integer(atLeast: 1, atMost: 100)),
                    ],
                    required: ["kind", "amount"]
                )
            )
        ],
        answers: [
            Answer(
                status: 200,
                meaning: "as it is now",
                content: [("application/json", .deployPolicy)],
                hasVersion: true
            )
        ],
        problems: [409]
    )
    static let deleteDeployPolicy = Endpoint(
        operation: "deleteDeployPolicy",
        method: .delete,
        path: "deploy-policies/{policy}",
        access: .tenant(.deployPoliciesWrite),
        tag: "deployments",
        summary: "Take a policy away",
        parameters: [policyInPath],
        answers: [Answer(status: 204, meaning: "it is gone", content: [])],
        problems: [404]
    )
}
