import CoreDomain

extension Principal {
    /// Over the whole tenant, without its ships' own.
    var rolesOfTenant: [Role] {
        Set(grants.filter { $0.scope == .tenant }.map(\.role)).sorted { $0.rawValue < $1.rawValue }
    }

    /// The roles by which somebody approves.
    var approvingRoles: [Role] {
        rolesOfTenant.filter { $0.permissions.contains(.modelsApprove) }
    }
}
