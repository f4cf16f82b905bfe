import CoreDomain

/// Whose approvals a gate counts, of those who may approve at all: never that of who asked.
package enum GateApprovers: String, Codable, Sendable, CaseIterable {
    /// Anybody else's.
    case others
    /// Anybody else's by a role that who asked had not.
    case otherRole = "other_role"
    /// Those of people with this role.
    case reviewer
    case admin

    /// - Parameters:
    ///   - roles: by which somebody may approve.
    ///   - requester: those of who asked; nil where nobody knows them any more.
    func accepts(_ roles: [String], requester: [String]?) -> Bool {
        switch self {
        case .others: true
        case .otherRole: requester.map { !Set(roles).isSubset(of: $0) } ?? false
        case .reviewer: roles.contains(Role.reviewer.rawValue)
        case .admin: roles.contains(Role.admin.rawValue)
        }
    }

    /// As a sentence goes on with it: "an approval by …".
    var words: String {
        switch self {
        case .others: "somebody else"
        case .otherRole: "somebody with another role than who asked"
        case .reviewer: "a reviewer"
        case .admin: "an admin"
        }
    }
}
