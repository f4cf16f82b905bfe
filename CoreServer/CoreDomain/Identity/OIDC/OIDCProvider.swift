import FleetRuntime

/// An identity provider, and what is believed of it.
package struct OIDCProvider: Sendable {
    /// Whose users these are.
    package enum Realm: Sendable, Equatable {
        /// All of one tenant.
        case tenant(String)
        /// Of the tenant that this claim names.
        case claim(String)
    }

    /// In the sign-in page's address.
    package let name: String
    /// What the sign-in page says.
    package let label: String
    package let issuer: String
    package let clientID: String
    package let clientSecret: Secret?
    package let realm: Realm
    /// Where the roles are: a claim, or a way into one, such as `realm_access.roles`.
    package let rolesClaim: String
    /// What they are called there, and are here. Others count for nothing.
    package let roles: [String: Role]
    /// Asked for beside `openid`.
    package let scopes: [String]
    /// Whom access tokens on the API must be for; without it there are none.
    package let audience: String?
    /// PEM of the authority that its certificate is from, where the system knows it not.
    package let authorityFile: String?

    package init(
        name: String,
        label: String,
        issuer: String,
        clientID: String,
        clientSecret: Secret?,
        realm: Realm,
        rolesClaim: String,
        roles: [String: Role],
        scopes: [String] = [],
        audience: String? = nil,
        authorityFile: String? = nil
    ) {
        self.name = name
        self.label = label
        self.issuer = issuer
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.realm = realm
        self.rolesClaim = rolesClaim
        self.roles = roles
        self.scopes = scopes
        self.audience = audience
        self.authorityFile = authorityFile
    }

    /// - Throws: `DomainError` `invalid`, with what to change.
    package func check() throws(DomainError) {
        guard Self.isTrustworthy(issuer) else {
            throw DomainError(.invalid, "the issuer begins with https:// (http:// on this machine)")
        }
        guard !roles.isEmpty else {
            throw DomainError(.invalid, "no role is mapped, so nobody could come in")
        }
        let isOfInstallation = realm == .tenant("system")
        guard roles.values.allSatisfy({ ($0 == .system) == isOfInstallation }) else {
            throw DomainError(.invalid, "the role system, and no other, is given in tenant system")
        }
        guard audience != clientID else {
            throw DomainError(
                .invalid,
                "an audience that is the client_id lets ID tokens pass for access tokens"
            )
        }
    }

    /// Whether what comes from there can't have been changed on the way.
    static func isTrustworthy(_ url: String) -> Bool {
        let here = ["http://127.0.0.1", "http://localhost", "http://[::1]"]
        return url.hasPrefix("https://")
            || here.contains { url == $0 || url.hasPrefix($0 + ":") || url.hasPrefix($0 + "/") }
    }
}
