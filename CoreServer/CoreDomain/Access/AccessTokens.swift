import CorePostgres
import FleetIdentity
import FleetModel

/// API tokens: made once, shown once, checked at every request.
package struct AccessTokens: Sendable {
    /// The longest that a token may last.
    package static let longestValidity = Duration.seconds(366 * 86_400)
    /// How exactly its last use is known: a write at every request would cost more than it tells.
    private static let useResolution = Duration.seconds(60)

    let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// A token of a service account that has the role over the whole tenant, which is made if it is
    /// not there: how somebody at the server's own machine begins.
    ///
    /// - Returns: the token's text, which can't be had again.
    package func create(
        tenant: TenantID,
        name: String,
        role: Role,
        lasting validity: Duration,
        at now: Timestamp,
        for change: Change
    ) async throws -> String {
        guard (1...80).contains(name.count) else {
            throw DomainError(.invalid, "a token's name has 1 to 80 characters")
        }
        guard (role == .system) == (tenant == .system) else {
            throw DomainError(
                .invalid,
                "the role system, and no other, is given in the tenant system"
            )
        }
        let account = "\(name).\(role.rawValue)"
        return try await pool.transaction(tenant: tenant) { connection in
            let trail = AuditTrail(tenant: tenant, change: change, now: now, connection: connection)
            // Two at once: the second finds what the first has made.
            let user =
                try Self.account(account, tenant, connection)
                ?? Self.makeAccount(account, role, tenant, at: now, trail, connection)
                ?? Self.account(account, tenant, connection)
            guard let user else {
                throw DomainError(
                    .conflict,
                    "a user named \(account) exists already, who is a person or disabled: "
                        + "choose another name for the token"
                )
            }
            return try Self.insert(
                user: user,
                name: name,
                scopes: nil,
                lasting: validity,
                trail,
                connection
            ).text
        }
    }

    private static func account(
        _ name: String,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> Int64? {
        try connection.execute(
            AccessQueries.serviceAccount,
            .int64(tenant.rawValue),
            .text(name)
        ).first?.int64("user_id")
    }

    /// - Returns: `nil` where somebody has the name.
    private static func makeAccount(
        _ name: String,
        _ role: Role,
        _ tenant: TenantID,
        at now: Timestamp,
        _ trail: AuditTrail,
        _ connection: PostgresConnection
    ) throws -> Int64? {
        let row = try connection.execute(
            AccessQueries.insertServiceAccount,
            .int64(tenant.rawValue),
            .text(name),
            .timestamp(now)
        ).first
        guard let user = try row?.int64("user_id") else { return nil }
        _ = try connection.execute(
            AccessQueries.insertBinding,
            .int64(tenant.rawValue),
            .int64(user),
            .text(role.rawValue),
            .timestamp(now),
            .text(trail.change.actor)
        )
        _ = try connection.execute(AccessQueries.touchRevision, .int64(tenant.rawValue))
        try trail.note("user.create", "user/\(name)", after: "{\"kind\":\"service\"}")
        try trail.note("binding.create", "user/\(name)", after: "{\"role\":\"\(role.rawValue)\"}")
        return user
    }

    /// Enters a token of a user.
    static func insert(
        user: Int64,
        name: String,
        scopes: Set<Permission>?,
        lasting validity: Duration,
        _ trail: AuditTrail,
        _ connection: PostgresConnection
    ) throws -> SecretToken {
        guard (1...100).contains(name.count) else {
            throw DomainError(.invalid, "a token's name has 1 to 100 characters")
        }
        guard validity > .zero, validity <= longestValidity else {
            throw DomainError(.invalid, "a token lasts at least a second and at most 366 days")
        }
        let id = try connection.execute(AccessQueries.nextNumber).first?.int64("token_id") ?? 0
        let token = SecretToken(drawing: .api, tenant: trail.tenant, id: id, authority: nil)
        let words = scopes.map { $0.map(\.rawValue).sorted() }
        _ = try connection.execute(
            AccessQueries.insert,
            values: [
                .int64(trail.tenant.rawValue), .int64(id), .int64(user), .text(name),
                words.map { .textArray($0) } ?? .null, .bytes(token.hash), .timestamp(trail.now),
                .timestamp(trail.now + validity),
            ]
        )
        try trail.note(
            "token.create",
            "token/\(id)",
            after: "{\"user\":\(user),\"expires_at\":\"\(trail.now + validity)\"}"
        )
        return token
    }

    private struct Found: Sendable {
        let principal: Principal
        let lastUsed: Timestamp?
    }

    /// Checks a token as it came with a request.
    ///
    /// - Throws: `DomainError` `unauthenticated`, the same for every reason.
    package func principal(for text: String, at now: Timestamp) async throws -> Principal {
        let refusal = DomainError(.unauthenticated, "the token is unknown, expired or revoked")
        guard let token = try? SecretToken(parsing: text, as: .api) else { throw refusal }
        let found = try await pool.transaction(tenant: token.tenant, readOnly: true) {
            connection in
            try Self.find(token, at: now, connection)
        }
        guard let found else { throw refusal }
        if found.lastUsed.map({ now - $0 > Self.useResolution }) ?? true {
            try await pool.transaction(tenant: token.tenant) { connection in
                _ = try connection.execute(
                    AccessQueries.used,
                    .int64(token.tenant.rawValue),
                    .int64(token.id),
                    .timestamp(now)
                )
            }
        }
        return found.principal
    }

    private static func find(
        _ token: SecretToken,
        at now: Timestamp,
        _ connection: PostgresConnection
    ) throws -> Found? {
        let row = try connection.execute(
            AccessQueries.find,
            .int64(token.tenant.rawValue),
            .int64(token.id)
        ).first
        guard let row, token.matches(hash: try row.bytes("secret_hash")),
            try row.optionalTimestamp("revoked_at") == nil,
            try row.optionalTimestamp("disabled_at") == nil,
            try row.timestamp("expires_at") > now
        else { return nil }
        let user = try row.int64("user_id")
        let scopes = try row.bool("is_scoped") ? try row.textArray("scopes") : nil
        return Found(
            principal: Principal(
                tenant: token.tenant,
                user: user,
                name: try row.text("name"),
                credential: .token(token.id),
                grants: try GrantReader.grants(of: user, in: token.tenant, at: now, connection),
                scopes: scopes.map { Set($0.compactMap(Permission.init(rawValue:))) },
                revision: try row.int64("grants_revision")
            ),
            lastUsed: try row.optionalTimestamp("last_used_at")
        )
    }
}

extension TenantID {
    /// The installation's own operators.
    package static let system = TenantID(0)
}
