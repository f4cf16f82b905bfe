import CoreDeploy
import CoreDomain
import FleetDeploy

/// Versions that are to run nowhere any more, whichever deployment brought them.
extension Endpoint {
    static let listRevocations = list(
        "listRevocations",
        "revocations",
        .tenant(.deploymentsRead),
        tag: "deployments",
        "Versions that are revoked altogether, the newest first",
        of: .revocation
    )
    static let createRevocation = create(
        "createRevocation",
        "revocations",
        .tenant(.deploymentsWrite),
        tag: "deployments",
        "Stop a version everywhere, for good: every ship that holds it is told first thing",
        body: .object(
            [
                ("model", .text), ("model_version", .integer(atLeast: 1)),
                ("severity", .word(Revocation.Severity.allCases.map(\.word))),
            ],
            required: ["model", "model_version"]
        ),
        answer: .revocation
    )
}
