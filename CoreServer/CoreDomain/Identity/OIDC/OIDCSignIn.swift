import CorePostgres
import FleetIdentity
import FleetModel
import FleetRuntime
import FoundationEssentials

/// People of identity providers: the authorization code flow with PKCE for browsers, and access
/// tokens on the API.
package struct OIDCSignIn: Sendable {
    private struct TokenAnswer: Decodable {
        let id_token: String
    }

    package let providers: [OIDCProvider]
    private let verifiers: [OIDCVerifier]
    private let people: ProviderPeople
    private let sessions: Sessions
    private let throttle: SignInThrottle
    private let transport: @Sendable (OIDCProvider) -> any OIDCTransport
    private let clock: WallClock
    /// Where this server is for browsers, without a path.
    private let publicURL: String

    package init(
        providers: [OIDCProvider],
        publicURL: String,
        pool: PostgresPool,
        tenants: Tenants,
        sessions: Sessions,
        throttle: SignInThrottle,
        transport: @Sendable @escaping (OIDCProvider) -> any OIDCTransport,
        clock: WallClock
    ) {
        self.providers = providers
        self.publicURL = publicURL
        self.sessions = sessions
        self.throttle = throttle
        self.transport = transport
        self.clock = clock
        people = ProviderPeople(pool: pool, tenants: tenants)
        var directories: [String: ProviderDirectory] = [:]
        for provider in providers where directories[provider.issuer] == nil {
            directories[provider.issuer] = ProviderDirectory(
                issuer: provider.issuer,
                transport: transport(provider),
                clock: clock
            )
        }
        verifiers = providers.compactMap { provider in
            directories[provider.issuer].map {
                OIDCVerifier(provider: provider, directory: $0, clock: clock)
            }
        }
    }

    package static let callback = "/sign-in/oidc/callback"

    private func verifier(_ name: String) throws(DomainError) -> OIDCVerifier {
        guard let verifier = verifiers.first(where: { $0.provider.name == name }) else {
            throw DomainError(.notFound, "there is no such identity provider")
        }
        return verifier
    }

    /// - Returns: where the browser goes.
    package func start(_ pending: PendingSignIn) async throws -> String {
        let verifier = try verifier(pending.provider)
        let doors = try await verifier.directory.doors()
        let fields = [
            ("response_type", "code"), ("client_id", verifier.provider.clientID),
            ("redirect_uri", publicURL + Self.callback),
            ("scope", (["openid"] + verifier.provider.scopes).joined(separator: " ")),
            ("state", pending.state), ("nonce", pending.nonce),
            ("code_challenge", pending.challenge), ("code_challenge_method", "S256"),
        ]
        let query = fields.map { "\($0)=\(FormText.encoded($1))" }.joined(separator: "&")
        let separator = doors.authorization_endpoint.contains("?") ? "&" : "?"
        return doors.authorization_endpoint + separator + query
    }

    /// The browser is back.
    ///
    /// - Parameters:
    ///   - pending: of its cookie.
    ///   - state: of the address it was sent to, as the others.
    /// - Throws: `DomainError` `unauthenticated` or `forbidden`; `SignInThrottle.TooSoon`.
    package func finish(
        _ pending: PendingSignIn,
        code: String,
        state: String,
        issuer: String?,
        from address: String,
        requestID: String
    ) async throws -> SecretToken {
        try throttle.check(account: nil, address: address, at: clock.now())
        do {
            return try await finished(pending, code, state, issuer, requestID)
        } catch {
            throttle.failed(account: nil, address: address, at: clock.now())
            throw error
        }
    }

    private func finished(
        _ pending: PendingSignIn,
        _ code: String,
        _ state: String,
        _ issuer: String?,
        _ requestID: String
    ) async throws -> SecretToken {
        let verifier = try verifier(pending.provider)
        let now = clock.now()
        guard now - pending.startedAt < PendingSignIn.lifetime, pending.startedAt <= now else {
            throw DomainError(.unauthenticated, "signing in took too long; begin again")
        }
        guard state == pending.state else {
            throw DomainError(.unauthenticated, "this is not the sign-in that was begun here")
        }
        guard issuer ?? verifier.provider.issuer == verifier.provider.issuer else {
            throw OIDCVerifier.refusal("iss")
        }
        let text = try await exchange(code, pending, verifier)
        let claims = try await verifier.claims(of: text, as: .identity(nonce: pending.nonce))
        let person = try await people.enter(claims, verifier.provider, at: now)
        return try await sessions.open(
            user: person.user,
            name: person.name,
            in: person.tenant,
            roles: person.roles,
            at: now,
            requestID: requestID
        )
    }

    /// The code for an ID token.
    private func exchange(
        _ code: String,
        _ pending: PendingSignIn,
        _ verifier: OIDCVerifier
    ) async throws -> String {
        let provider = verifier.provider
        let doors = try await verifier.directory.doors()
        var fields = [
            ("grant_type", Secret("authorization_code")), ("code", Secret(code)),
            ("redirect_uri", Secret(publicURL + Self.callback)),
            ("code_verifier", Secret(pending.verifier)),
        ]
        var basic: (name: String, password: Secret)?
        let methods = doors.token_endpoint_auth_methods_supported ?? ["client_secret_basic"]
        if let secret = provider.clientSecret, methods.contains("client_secret_basic") {
            basic = (provider.clientID, secret)
        } else {
            fields.append(("client_id", Secret(provider.clientID)))
            if let secret = provider.clientSecret { fields.append(("client_secret", secret)) }
        }
        let answer: [UInt8]
        do {
            answer = try await transport(provider).post(
                fields.map { (name: $0.0, value: $0.1) },
                to: doors.token_endpoint,
                basic: basic
            )
        } catch {
            try Task.checkCancellation()
            throw DomainError(.unauthenticated, "the identity provider does not honour the code")
        }
        guard let tokens = try? JSONDecoder().decode(TokenAnswer.self, from: Data(answer)) else {
            throw OIDCVerifier.refusal("there is no ID token")
        }
        return tokens.id_token
    }

    /// Whether the text is for `bearer`.
    package static func isBearer(_ text: String) -> Bool { SignedToken.isLike(text) }

    /// An access token on the API.
    ///
    /// - Throws: `DomainError` `unauthenticated` or `forbidden`.
    package func bearer(_ text: String, at now: Timestamp) async throws -> Principal {
        var refusal = OIDCVerifier.refusal("no provider that is trusted here made it for this API")
        for verifier in verifiers {
            do {
                let claims = try await verifier.claims(of: text, as: .access)
                let person = try await people.enter(claims, verifier.provider, at: now)
                return try await people.principal(person, at: now)
            } catch {
                // One issuer may serve several tenants; the last word is the last one's.
                guard let error = error as? DomainError else { throw error }
                if error.code == .forbidden { refusal = error }
            }
        }
        throw refusal
    }
}
