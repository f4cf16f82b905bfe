import CorePostgres
import FleetModel

/// Enters those whom an identity provider vouches for, and says what they may do.
struct ProviderPeople: Sendable {
    struct Person: Sendable {
        let tenant: TenantID
        let user: Int64
        let name: String
        let roles: [Role]
    }

    let pool: PostgresPool
    let tenants: Tenants

    /// - Throws: `DomainError` `forbidden` where the claims name no tenant, or no role that is known
    ///   here, or the user is disabled.
    func enter(
        _ claims: [String: TokenClaim],
        _ provider: OIDCProvider,
        at now: Timestamp
    ) async throws -> Person {
        guard let subject = claims["sub"]?.text, (1...255).contains(subject.utf8.count) else {
            throw OIDCVerifier.refusal("sub")
        }
        let roles = try Self.roles(claims, provider)
        let tenant = try await tenant(claims, provider)
        return try await pool.transaction(tenant: tenant) { connection in
            let name = Self.name(claims, subject)
            let display = claims["name"]?.text.map { String($0.prefix(100)) } ?? name
            let email = claims["email"]?.text.map { String($0.prefix(254)) }
            if try Self.known(subject, of: provider, in: tenant, connection) == nil {
                // Somebody else may have the name already.
                for candidate in [
                    name, "\(name.prefix(60))@\(provider.name)", Self.name(of: subject),
                ] {
                    let row = try connection.execute(
                        SignInQueries.insertPerson,
                        values: [
                            .int64(tenant.rawValue), .text(String(candidate.prefix(100))),
                            .text(display), email.map { .text($0) } ?? .null,
                            .text(provider.issuer), .text(subject), .timestamp(now),
                        ]
                    ).first
                    guard row != nil else { continue }
                    try AuditTrail(
                        tenant: tenant,
                        change: Change(actor: "oidc:\(provider.name)"),
                        now: now,
                        connection: connection
                    ).note("user.create", "user/\(candidate.prefix(100))")
                    break
                }
            }
            guard let row = try Self.known(subject, of: provider, in: tenant, connection),
                try row.optionalTimestamp("disabled_at") == nil
            else {
                throw DomainError(.forbidden, "this user may not sign in here")
            }
            return Person(
                tenant: tenant,
                user: try row.int64("user_id"),
                name: try row.text("name"),
                roles: roles
            )
        }
    }

    private static func known(
        _ subject: String,
        of provider: OIDCProvider,
        in tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> PostgresRow? {
        try connection.execute(
            SignInQueries.bySubject,
            .int64(tenant.rawValue),
            .text(provider.issuer),
            .text(subject)
        ).first
    }

    /// Somebody just entered, with what the claims and the bindings give.
    func principal(_ person: Person, at now: Timestamp) async throws -> Principal {
        try await pool.transaction(tenant: person.tenant, readOnly: true) { connection in
            let revision = try connection.execute(
                SignInQueries.revision,
                .int64(person.tenant.rawValue)
            ).first?.int64("grants_revision")
            let bound = try GrantReader.grants(
                of: person.user,
                in: person.tenant,
                at: now,
                connection
            )
            return Principal(
                tenant: person.tenant,
                user: person.user,
                name: person.name,
                credential: .bearer,
                grants: person.roles.map { Grant(role: $0, scope: .tenant) } + bound,
                revision: revision ?? 0
            )
        }
    }

    private static func roles(
        _ claims: [String: TokenClaim],
        _ provider: OIDCProvider
    ) throws(DomainError) -> [Role] {
        let words = claims.find(provider.rolesClaim)?.texts ?? []
        let roles = Set(words.compactMap { provider.roles[$0] })
        guard !roles.isEmpty else {
            throw DomainError(.forbidden, "the identity provider gives no role that is known here")
        }
        return roles.sorted { $0.rawValue < $1.rawValue }
    }

    private func tenant(
        _ claims: [String: TokenClaim],
        _ provider: OIDCProvider
    ) async throws -> TenantID {
        let refusal = DomainError(.forbidden, "the identity provider names no company known here")
        switch provider.realm {
        case .tenant(let name):
            return try await tenants.find(name: name).id
        case .claim(let claim):
            // One word: of several, which one is meant would be a guess.
            let words = claims.find(claim)?.texts ?? []
            guard words.count == 1, let tenant = try? await tenants.find(name: words[0]),
                tenant.id != .system
            else { throw refusal }
            return tenant.id
        }
    }

    /// What people there are called, as far as names here allow it.
    private static func name(_ claims: [String: TokenClaim], _ subject: String) -> String {
        for claim in ["preferred_username", "email", "sub"] {
            guard let text = claims[claim]?.text, (try? Passwords.check(name: text)) != nil else {
                continue
            }
            return text
        }
        return name(of: subject)
    }

    /// In letters that names may have, whatever the subject has.
    private static func name(of subject: String) -> String {
        "subject-" + subject.utf8.prefix(40).map { String($0, radix: 16) }.joined()
    }
}
