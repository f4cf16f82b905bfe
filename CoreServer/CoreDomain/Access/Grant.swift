import FleetModel

/// A role that somebody has over something, for a time.
package struct Grant: Sendable, Hashable {
    package enum Scope: Sendable, Hashable {
        case tenant
        case fleet(FleetSelector)
        case ship(ShipID)
    }

    package let role: Role
    package let scope: Scope
    /// `nil` is for good.
    package let until: Timestamp?

    package init(role: Role, scope: Scope, until: Timestamp? = nil) {
        self.role = role
        self.scope = scope
        self.until = until
    }

    /// Whether whoever has this may hand on that permission of another grant.
    func covers(_ permission: Permission, of other: Grant) -> Bool {
        guard role.permissions.contains(permission) else { return false }
        if let until {
            guard let wanted = other.until, wanted <= until else { return false }
        }
        switch (scope, other.scope) {
        case (.tenant, _): return true
        case (.fleet(let own), .fleet(let wanted)): return own.covers(wanted)
        case (.ship(let own), .ship(let wanted)): return own == wanted
        case (.fleet, _), (.ship, _): return false
        }
    }

    /// Whether it lets do this to this.
    func permits(_ permission: Permission, on target: AccessTarget) -> Bool {
        guard role.permissions.contains(permission) else { return false }
        switch (scope, target) {
        case (.tenant, _): return true
        case (.fleet(let selector), .ship(let ship)):
            return permission.isOfShips && selector.matches(ship.labels)
        case (.ship(let own), .ship(let ship)):
            return permission.isOfShips && ship.identity.ship == own
        // What concerns some ships shows those that the grant covers.
        case (_, .ships): return permission.isOfShips
        case (_, .tenant): return false
        }
    }
}
