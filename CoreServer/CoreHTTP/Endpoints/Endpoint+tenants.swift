import CoreDomain

/// Tenants, and what they settle.
extension Endpoint {
    private static let tenantInPath = inPath("tenant", .slug, "the tenant's name")

    static let listTenants = list(
        "listTenants",
        "tenants",
        .tenant(.tenantsRead),
        tag: "tenants",
        "The installation's tenants, in the order in which they were made",
        of: .tenant
    )
    static let createTenant = create(
        "createTenant",
        "tenants",
        .tenant(.tenantsWrite),
        tag: "tenants",
        "Make a tenant and its authority",
        body: .object(
            [("name", .slug), ("display_name", .nullable(.string(atMost: 200)))],
            required: ["name"]
        ),
        answer: .tenant
    )
    static let getTenant = read(
        "getTenant",
        "tenants/{tenant}",
        .tenant(.tenantsRead),
        tag: "tenants",
        "One tenant",
        answer: .tenant,
        [tenantInPath]
    )
    static let changeTenant = change(
        "changeTenant",
        "tenants/{tenant}",
        .tenant(.tenantsWrite),
        tag: "tenants",
        "Change a tenant",
        body: .object([("display_name", .string(atMost: 200))], required: []),
        answer: .tenant,
        [tenantInPath]
    )
    static let deleteTenant: Endpoint = {
        var endpoint = delete(
            "deleteTenant",
            "tenants/{tenant}",
            .tenant(.tenantsDelete),
            tag: "tenants",
            "Delete a tenant with all that is stored of it, its keys first",
            [tenantInPath]
        )
        endpoint.answers.append(
            Endpoint.Answer(
                status: 202,
                meaning: "nobody gets in and its keys are gone; the rest is still being erased",
                content: []
            )
        )
        return endpoint
    }()
    static let getRetention = read(
        "getRetention",
        "retention",
        .tenant(.retentionRead),
        tag: "tenants",
        "How long telemetry is kept",
        answer: .retention
    )
    static let putRetention = change(
        "putRetention",
        "retention",
        .tenant(.retentionWrite),
        tag: "tenants",
        "Settle how long telemetry is kept: coarser no shorter than finer",
        body: .newRetention,
        answer: .retention,
        isWhole: true
    )
    static let getLabelPolicy = read(
        "getLabelPolicy",
        "label-policy",
        .tenant(.labelPolicyRead),
        tag: "tenants",
        "Which labels ships may have and must have",
        answer: .labelPolicy
    )
    static let putLabelPolicy = change(
        "putLabelPolicy",
        "label-policy",
        .tenant(.labelPolicyWrite),
        tag: "tenants",
        "Settle the labels of ships; those that are there keep theirs",
        body: .newLabelPolicy,
        answer: .labelPolicy,
        isWhole: true
    )
}
