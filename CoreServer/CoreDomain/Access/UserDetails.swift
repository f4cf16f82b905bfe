/// What of a user can be set.
package struct UserDetails: Sendable, Hashable {
    package var displayName: String
    package var email: String?
    package var oidcIssuer: String?
    package var oidcSubject: String?
    package var isDisabled = false

    package init(
        displayName: String,
        email: String? = nil,
        oidcIssuer: String? = nil,
        oidcSubject: String? = nil,
        isDisabled: Bool = false
    ) {
        self.displayName = displayName
        self.email = email
        self.oidcIssuer = oidcIssuer
        self.oidcSubject = oidcSubject
        self.isDisabled = isDisabled
    }

    init(_ user: User) {
        displayName = user.displayName
        email = user.email
        oidcIssuer = user.oidcIssuer
        oidcSubject = user.oidcSubject
        isDisabled = user.disabledAt != nil
    }

    /// - Throws: `DomainError` `invalid`.
    func check() throws(DomainError) {
        try ThingText.check(displayName, "display_name", in: 1...200)
        if let email { try ThingText.check(email, "email", in: 3...254) }
        if let oidcIssuer { try ThingText.check(oidcIssuer, "oidc_issuer", in: 1...500) }
        if let oidcSubject { try ThingText.check(oidcSubject, "oidc_subject", in: 1...255) }
        guard (oidcIssuer == nil) == (oidcSubject == nil) else {
            throw DomainError(.invalid, "oidc_issuer and oidc_subject go together")
        }
    }
}
