/// What a caller may do: the words of the permission table, of tokens' scopes and of the OpenAPI
/// document. Everything that is not granted is refused.
package enum Permission: String, Sendable, CaseIterable, Comparable {
    // Of ships: can be granted for a fleet or for one ship.
    case shipsRead = "ships.read"
    case shipsWrite = "ships.write"
    case shipsEnrol = "ships.enrol"
    case shipsRevoke = "ships.revoke"
    case reportsRead = "reports.read"
    case telemetryRead = "telemetry.read"
    case logsRead = "logs.read"
    case ledgerRead = "ledger.read"
    case wantsRead = "wants.read"
    case wantsWrite = "wants.write"
    // Of a tenant.
    case tenantRead = "tenant.read"
    case tenantWrite = "tenant.write"
    case tenantExport = "tenant.export"
    case shipsCreate = "ships.create"
    case fleetsRead = "fleets.read"
    case fleetsWrite = "fleets.write"
    case usersRead = "users.read"
    case usersWrite = "users.write"
    case bindingsRead = "bindings.read"
    case bindingsWrite = "bindings.write"
    case tokensRead = "tokens.read"
    case tokensWrite = "tokens.write"
    case quotasRead = "quotas.read"
    case retentionRead = "retention.read"
    case retentionWrite = "retention.write"
    case labelPolicyRead = "label_policy.read"
    case labelPolicyWrite = "label_policy.write"
    case keysRead = "keys.read"
    case keysRotate = "keys.rotate"
    case usageRead = "usage.read"
    case experimentsRead = "experiments.read"
    /// Runs, their metrics, logged models and artifacts.
    case experimentsWrite = "experiments.write"
    case modelsRead = "models.read"
    /// Registers models and versions, and describes them.
    case modelsWrite = "models.write"
    /// Moves aliases and stages: what ships are served follows them.
    case modelsPromote = "models.promote"
    /// Agrees to somebody else's promotion.
    case modelsApprove = "models.approve"
    case gatesWrite = "gates.write"
    case webhooksRead = "webhooks.read"
    case webhooksWrite = "webhooks.write"
    case deploymentsRead = "deployments.read"
    /// Plans deployments, starts and stops them.
    case deploymentsWrite = "deployments.write"
    /// Agrees to somebody else's plan.
    case deploymentsApprove = "deployments.approve"
    /// Sets what deployments are held to, and when nothing is released.
    case deployPoliciesWrite = "deploy_policies.write"
    case auditRead = "audit.read"
    // Of the installation.
    case tenantsRead = "tenants.read"
    case tenantsWrite = "tenants.write"
    case tenantsDelete = "tenants.delete"
    case quotasWrite = "quotas.write"

    /// Whether it can be granted over some ships only.
    package var isOfShips: Bool {
        switch self {
        case .shipsRead, .shipsWrite, .shipsEnrol, .shipsRevoke, .reportsRead, .telemetryRead,
            .logsRead, .ledgerRead, .wantsRead, .wantsWrite:
            true
        default: false
        }
    }

    /// Whether it is of the installation and no tenant's to give.
    package var isOfInstallation: Bool {
        switch self {
        case .tenantsRead, .tenantsWrite, .tenantsDelete, .quotasWrite: true
        default: false
        }
    }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
