import FleetModel

/// What of a binding can be set after it was made.
package struct BindingDetails: Sendable, Hashable {
    package var role: Role
    /// `nil` is for good.
    package var validUntil: Timestamp?
    package var reason: String

    package init(role: Role, validUntil: Timestamp? = nil, reason: String = "") {
        self.role = role
        self.validUntil = validUntil
        self.reason = reason
    }

    /// - Throws: `DomainError` `invalid`.
    func check(in tenant: TenantID, from: Timestamp) throws(DomainError) {
        guard (role == .system) == (tenant == .system) else {
            throw DomainError(
                .invalid,
                "the role system, and no other, is given in the tenant system"
            )
        }
        if let validUntil, validUntil <= from {
            throw DomainError(.invalid, "valid_until comes after valid_from")
        }
        try ThingText.check(reason, "reason", in: 0...500)
    }
}
