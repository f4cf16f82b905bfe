import FleetModel
import FleetRuntime
import FoundationEssentials

/// Where an identity provider's doors are, and its keys: fetched when they are needed, kept for an
/// hour, and fetched again for a key that is not known, though not more often than twice a minute.
package actor ProviderDirectory {
    struct Doors: Decodable, Sendable {
        let issuer: String
        let authorization_endpoint: String
        let token_endpoint: String
        let jwks_uri: String
        let token_endpoint_auth_methods_supported: [String]?
    }

    private static let lifetime = Duration.seconds(3600)
    /// Keys are used so long while the provider can't be reached.
    private static let longestLifetime = Duration.seconds(24 * 3600)
    private static let pause = Duration.seconds(30)

    private let issuer: String
    private let transport: any OIDCTransport
    private let clock: WallClock
    private var known: (doors: Doors, at: Timestamp)?
    private var keys: [ProviderKey] = []
    private var fetchedAt: Timestamp?
    private var triedAt: Timestamp?

    package init(issuer: String, transport: any OIDCTransport, clock: WallClock) {
        self.issuer = issuer
        self.transport = transport
        self.clock = clock
    }

    func doors() async throws -> Doors {
        if let known, clock.now() - known.at < Self.lifetime { return known.doors }
        let base = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
        let bytes = try await transport.get(base + "/.well-known/openid-configuration")
        let doors = try JSONDecoder().decode(Doors.self, from: Data(bytes))
        // Else one provider could speak for another.
        guard doors.issuer == issuer else {
            throw DomainError(.unavailable, "the identity provider says it is another issuer")
        }
        for url in [doors.authorization_endpoint, doors.token_endpoint, doors.jwks_uri] {
            guard OIDCProvider.isTrustworthy(url) else {
                throw DomainError(.unavailable, "the identity provider has a door without TLS")
            }
        }
        known = (doors, clock.now())
        return doors
    }

    /// Whether one of the provider's keys signed it.
    func signed(_ token: SignedToken) async throws -> Bool {
        let now = clock.now()
        if fetchedAt.map({ now - $0 >= Self.lifetime }) ?? true { try await refresh(now) }
        if candidates(token).isEmpty { try await refresh(now) }
        return candidates(token).contains { $0.signed(token) }
    }

    /// The named one; without a name the only one there is.
    private func candidates(_ token: SignedToken) -> [ProviderKey] {
        if let id = token.keyID { return keys.filter { $0.id == id } }
        return keys.count == 1 ? keys : []
    }

    private func refresh(_ now: Timestamp) async throws {
        if let triedAt, now - triedAt < Self.pause { return }
        triedAt = now
        do {
            let url = try await doors().jwks_uri
            keys = try ProviderKey.read(try await transport.get(url))
            fetchedAt = now
        } catch {
            guard let fetchedAt, now - fetchedAt < Self.longestLifetime else {
                keys = []
                throw error
            }
        }
    }
}
