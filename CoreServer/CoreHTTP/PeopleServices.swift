import CoreDomain

/// What people sign in with.
package struct PeopleServices: Sendable {
    package let sessions: Sessions
    package let passwords: Passwords
    package let signIn: SignIn

    /// Where identity providers are configured.
    package let oidc: OIDCSignIn?

    package init(
        sessions: Sessions,
        passwords: Passwords,
        signIn: SignIn,
        oidc: OIDCSignIn? = nil
    ) {
        self.sessions = sessions
        self.passwords = passwords
        self.signIn = signIn
        self.oidc = oidc
    }
}
