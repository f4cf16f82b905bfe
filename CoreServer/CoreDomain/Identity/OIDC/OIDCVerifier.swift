import FleetModel
import FleetRuntime

/// Decides whether a token of an identity provider is to be believed. Whatever is absent, unknown or
/// of another kind than expected refuses it.
struct OIDCVerifier: Sendable {
    /// What a token is presented as.
    enum Use: Sendable {
        /// From the token endpoint, for the sign-in that drew this nonce.
        case identity(nonce: String)
        /// As a bearer on the API.
        case access
    }

    /// How far clocks may be apart.
    static let skew = Duration.seconds(60)

    let provider: OIDCProvider
    let directory: ProviderDirectory
    let clock: WallClock

    /// - Throws: `DomainError` `unauthenticated`, which names the claim and no value.
    func claims(of text: String, as use: Use) async throws -> [String: TokenClaim] {
        guard let token = SignedToken(parsing: text) else { throw Self.refusal("it can't be read") }
        // Before anything is fetched.
        guard token.claims["iss"]?.text == provider.issuer else { throw Self.refusal("iss") }
        guard try await directory.signed(token) else { throw Self.refusal("its signature") }
        try checkTimes(token.claims, use)
        switch use {
        case .identity(let nonce): try checkIdentity(token.claims, nonce)
        case .access: try checkAccess(token)
        }
        return token.claims
    }

    private func checkTimes(_ claims: [String: TokenClaim], _ use: Use) throws(DomainError) {
        let now = clock.now()
        guard let end = claims["exp"]?.milliseconds,
            Timestamp(milliseconds: end) + Self.skew > now
        else { throw Self.refusal("exp") }
        if let start = claims["nbf"] {
            guard let start = start.milliseconds,
                Timestamp(milliseconds: start) <= now + Self.skew
            else { throw Self.refusal("nbf") }
        }
        guard let made = claims["iat"]?.milliseconds,
            Timestamp(milliseconds: made) <= now + Self.skew
        else { throw Self.refusal("iat") }
    }

    private func checkIdentity(
        _ claims: [String: TokenClaim],
        _ nonce: String
    ) throws(DomainError) {
        let audiences = claims["aud"]?.texts ?? []
        guard audiences.contains(provider.clientID) else { throw Self.refusal("aud") }
        if audiences.count > 1 || claims["azp"] != nil {
            guard claims["azp"]?.text == provider.clientID else { throw Self.refusal("azp") }
        }
        guard claims["nonce"]?.text == nonce else { throw Self.refusal("nonce") }
    }

    private func checkAccess(_ token: SignedToken) throws(DomainError) {
        guard let audience = provider.audience,
            token.claims["aud"]?.texts.contains(audience) ?? false
        else { throw Self.refusal("aud") }
        // An ID token tells a client who somebody is; it opens nothing.
        let isIdentity =
            token.claims["nonce"] != nil || token.claims["at_hash"] != nil
            || token.claims["typ"]?.text == "ID"
        guard !isIdentity else { throw Self.refusal("its type") }
        let types = ["at+jwt", "application/at+jwt", "jwt"]
        guard token.type.map({ types.contains($0.lowercased()) }) ?? true else {
            throw Self.refusal("its type")
        }
    }

    static func refusal(_ what: String) -> DomainError {
        DomainError(.unauthenticated, "the identity provider's token is refused: \(what)")
    }
}
