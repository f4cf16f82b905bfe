import FleetModel

/// Who is asking, once that has been proven, and what they may do: the one place that decides.
package struct Principal: Sendable {
    /// How it was proven.
    package enum Credential: Sendable, Hashable {
        case token(Int64)
        case session(Int64)
        /// A JWT of the tenant's identity provider.
        case bearer
    }

    /// The tenant that is asked about: the caller's own, but for operators of the installation.
    package let tenant: TenantID
    /// The tenant that the caller belongs to.
    package let home: TenantID
    package let user: Int64
    package let name: String
    package let credential: Credential
    package let grants: [Grant]
    /// What the token is good for; `nil` is all that its owner may do.
    package let scopes: Set<Permission>?
    /// Of the tenant's grants when they were read.
    package let revision: Int64

    package init(
        tenant: TenantID,
        home: TenantID? = nil,
        user: Int64,
        name: String,
        credential: Credential,
        grants: [Grant],
        scopes: Set<Permission>? = nil,
        revision: Int64
    ) {
        self.tenant = tenant
        self.home = home ?? tenant
        self.user = user
        self.name = name
        self.credential = credential
        self.grants = grants
        self.scopes = scopes
        self.revision = revision
    }

    /// The audit's word for who it was.
    package var actor: String {
        let prefix = home == tenant ? "" : "system:"
        let with =
            switch credential {
            case .token(let id): ":token:\(id)"
            case .session(let id): ":session:\(id)"
            case .bearer: ":bearer"
            }
        return "\(prefix)user:\(user):\(name)\(with)"
    }

    /// The same caller about another tenant: for operators of the installation, whose role reaches no
    /// ship there.
    package func acting(in tenant: TenantID) -> Principal {
        Principal(
            tenant: tenant,
            home: home,
            user: user,
            name: name,
            credential: credential,
            grants: home == .system ? grants : [],
            scopes: scopes,
            revision: revision
        )
    }

    package func may(_ permission: Permission, on target: AccessTarget) -> Bool {
        guard scopes?.contains(permission) ?? true else { return false }
        return grants.contains { $0.permits(permission, on: target) }
    }

    /// - Throws: `DomainError` `notFound` for a ship that the caller can't see, as for none;
    ///   `forbidden` where the caller may know that it is there.
    package func require(_ permission: Permission, on target: AccessTarget) throws(DomainError) {
        guard !may(permission, on: target) else { return }
        if case .ship(let ship) = target, !may(.shipsRead, on: target) {
            throw DomainError.noShip(named: ship.name)
        }
        throw DomainError(.forbidden, "this needs the permission \(permission.rawValue)")
    }

    /// Whether the caller has all that a grant gives, or as much of it as the limit leaves, for as
    /// long and over as much: nobody gives more than they have.
    package func covers(_ wanted: Grant, limitedTo limit: Set<Permission>? = nil) -> Bool {
        var asked = wanted.role.permissions
        if let limit { asked.formIntersection(limit) }
        if wanted.scope != .tenant { asked = asked.filter(\.isOfShips) }
        return asked.allSatisfy { permission in
            (scopes?.contains(permission) ?? true)
                && grants.contains { $0.covers(permission, of: wanted) }
        }
    }

    /// The ships about which the caller may ask this.
    package func visibility(_ permission: Permission) -> ShipVisibility {
        ShipVisibility { [self] ship in may(permission, on: .ship(ship)) }
    }
}

extension DomainError {
    /// The same for another's ship as for none.
    static func noShip(named name: String) -> DomainError {
        DomainError(.notFound, "there is no ship named \(name)")
    }
}
