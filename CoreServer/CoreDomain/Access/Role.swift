/// A named set of permissions: the permission table.
///
/// Each of a tenant's roles may do all that the viewer may, and the admin all that any of them may. The
/// reviewer changes nothing, so that who decides need not be who runs the tenant. The installation's
/// role runs tenants and sees no ship: who hosts a fleet need not read it.
package enum Role: String, Sendable, CaseIterable {
    /// Reads.
    case viewer
    /// Runs ships.
    case `operator`
    /// Agrees to what others ask for.
    case reviewer
    /// Runs the tenant.
    case admin
    /// Runs the installation, across tenants.
    case system

    package var permissions: Set<Permission> {
        switch self {
        case .viewer:
            [
                .tenantRead, .shipsRead, .fleetsRead, .reportsRead, .telemetryRead, .logsRead,
                .ledgerRead, .wantsRead, .experimentsRead, .modelsRead, .deploymentsRead,
            ]
        case .operator:
            Role.viewer.permissions.union([
                .shipsWrite, .shipsEnrol, .shipsRevoke, .wantsWrite, .labelPolicyRead, .quotasRead,
                .retentionRead, .usageRead, .experimentsWrite, .modelsWrite, .modelsPromote,
                .deploymentsWrite,
            ])
        case .reviewer:
            Role.viewer.permissions.union([.modelsApprove, .deploymentsApprove])
        case .admin:
            Role.operator.permissions.union(Role.reviewer.permissions).union([
                .tenantWrite, .tenantExport, .shipsCreate, .fleetsWrite, .usersRead, .usersWrite,
                .bindingsRead,
                .bindingsWrite, .tokensRead, .tokensWrite, .retentionWrite, .labelPolicyWrite,
                .keysRead, .keysRotate, .auditRead, .gatesWrite, .webhooksRead,
                .webhooksWrite, .deployPoliciesWrite,
            ])
        case .system:
            [
                .tenantsRead, .tenantsWrite, .tenantsDelete, .tenantRead, .tenantWrite, .quotasRead,
                .quotasWrite, .retentionRead, .retentionWrite, .usageRead, .usersRead, .usersWrite,
                .bindingsRead, .bindingsWrite, .tokensRead, .tokensWrite, .keysRead, .keysRotate,
                .auditRead,
            ]
        }
    }
}
