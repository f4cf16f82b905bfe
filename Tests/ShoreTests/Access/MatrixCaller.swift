import CoreDomain
import FleetModel

/// Somebody in the matrix: how they come in, and what the permission table then says.
struct MatrixCaller: Sendable {
    enum Reach: Sendable {
        /// No valid credential.
        case nobody
        /// All of the tenant.
        case tenant
        /// The ships with this name alone, by a fleet or by themselves.
        case ship(String)
    }

    let name: String
    let token: String?
    let roles: Set<Role>
    let reach: Reach
    /// What a browser sends instead of a token: its cookie, and the token for changes.
    var session: [String] = []
    var scopes: Set<Permission>?

    private var permissions: Set<Permission> {
        let all = roles.reduce(into: Set<Permission>()) { $0.formUnion($1.permissions) }
        return scopes.map(all.intersection) ?? all
    }

    /// What the table says of a permission, over a ship where one is asked for.
    private func may(_ permission: Permission, ship: String?) -> Bool {
        guard permissions.contains(permission) else { return false }
        switch reach {
        case .nobody: return false
        case .tenant: return true
        case .ship(let own): return permission.isOfShips && ship.map { $0 == own } ?? true
        }
    }

    /// The one status that must come; `nil` is anything but 401 and 403, and for a ship that is seen
    /// anything but the 404 that hides one.
    ///
    /// - Parameter ship: of the path; `exists` where the caller's tenant has one of the name.
    func refusal(_ endpoint: DocumentedEndpoint, ship: String, exists: Bool) -> Int? {
        if endpoint.access == "open" { return nil }
        if case .nobody = reach { return 401 }
        guard let permission = endpoint.permission else { return nil }
        switch endpoint.access {
        case "ship":
            guard exists else { return 404 }
            if may(permission, ship: ship) { return nil }
            return may(.shipsRead, ship: ship) ? 403 : 404
        case "ships": return may(permission, ship: nil) ? nil : 403
        default:
            if case .ship = reach { return 403 }
            return may(permission, ship: nil) ? nil : 403
        }
    }
}
