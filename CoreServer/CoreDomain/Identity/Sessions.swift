import CorePostgres
import Crypto
import FleetIdentity
import FleetModel

/// Browsers' sessions: a random secret in a cookie, its hash here.
package struct Sessions: Sendable {
    /// The longest that one lasts, used or not.
    package static let longest = Duration.seconds(12 * 3600)
    /// Without a request for so long it is over.
    package static let idle = Duration.seconds(2 * 3600)
    /// How exactly the last request is known.
    private static let seenResolution = Duration.seconds(60)

    private let pool: PostgresPool

    package init(pool: PostgresPool) { self.pool = pool }

    /// - Parameters:
    ///   - token: the API token that it was opened with, and ends with.
    ///   - roles: what an identity provider gives over the whole tenant.
    package func open(
        user: Int64,
        name: String,
        in tenant: TenantID,
        token: Int64? = nil,
        roles: [Role]? = nil,
        at now: Timestamp,
        requestID: String
    ) async throws -> SecretToken {
        try await pool.transaction(tenant: tenant) { connection in
            let id = try connection.execute(SignInQueries.nextSession).first?.int64("session_id")
            guard let id else { throw DomainError(.conflict, "no session can be opened") }
            let secret = SecretToken(drawing: .session, tenant: tenant, id: id, authority: nil)
            _ = try connection.execute(
                SignInQueries.forget,
                .int64(tenant.rawValue),
                .int64(user),
                .timestamp(now)
            )
            _ = try connection.execute(
                SignInQueries.insertSession,
                values: [
                    .int64(tenant.rawValue), .int64(id), .int64(user), .bytes(secret.hash),
                    .timestamp(now), .timestamp(now + Self.longest),
                    token.map { .int64($0) } ?? .null,
                    roles.map { .textArray($0.map(\.rawValue)) } ?? .null,
                ]
            )
            let change = Change(
                actor: "user:\(user):\(name):session:\(id)",
                requestID: requestID
            )
            try AuditTrail(tenant: tenant, change: change, now: now, connection: connection)
                .note("session.create", "session/\(id)")
            return secret
        }
    }

    private struct Found: Sendable {
        let principal: Principal
        let seen: Timestamp
    }

    /// Checks a cookie's text.
    ///
    /// - Throws: `DomainError` `unauthenticated`, the same for every reason.
    package func principal(for text: String, at now: Timestamp) async throws -> Principal {
        let refusal = DomainError(.unauthenticated, "the session is over; sign in again")
        guard let token = try? SecretToken(parsing: text, as: .session) else { throw refusal }
        let found = try await pool.transaction(tenant: token.tenant, readOnly: true) {
            connection in
            try Self.find(token, at: now, connection)
        }
        guard let found else { throw refusal }
        if now - found.seen > Self.seenResolution {
            try await pool.transaction(tenant: token.tenant) { connection in
                _ = try connection.execute(
                    SignInQueries.seen,
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
            SignInQueries.session,
            .int64(token.tenant.rawValue),
            .int64(token.id),
            .timestamp(now)
        ).first
        guard let row, token.matches(hash: try row.bytes("secret_hash")),
            try row.timestamp("expires_at") > now
        else { return nil }
        let seen = try row.timestamp("seen_at")
        guard now - seen < idle else { return nil }
        let user = try row.int64("user_id")
        // A word of a later version grants nothing.
        let given = try row.textArray("roles").compactMap(Role.init(rawValue:)).map {
            Grant(role: $0, scope: .tenant)
        }
        let bound = try GrantReader.grants(of: user, in: token.tenant, at: now, connection)
        let scopes = try row.bool("is_scoped") ? try row.textArray("scopes") : nil
        return Found(
            principal: Principal(
                tenant: token.tenant,
                user: user,
                name: try row.text("name"),
                credential: .session(token.id),
                grants: given + bound,
                scopes: scopes.map { Set($0.compactMap(Permission.init(rawValue:))) },
                revision: try row.int64("grants_revision")
            ),
            seen: seen
        )
    }

    /// Ends the caller's own.
    package func end(_ caller: Principal, at now: Timestamp, for change: Change) async throws {
        guard case .session(let id) = caller.credential else { return }
        try await pool.transaction(tenant: caller.home) { connection in
            _ = try connection.execute(
                SignInQueries.end,
                .int64(caller.home.rawValue),
                .int64(id),
                .timestamp(now)
            )
            try AuditTrail(tenant: caller.home, change: change, now: now, connection: connection)
                .note("session.end", "session/\(id)")
        }
    }

    /// What a change must carry beside the cookie: known to pages of this server alone, and to no
    /// other session's.
    package static func changeToken(of text: String) -> String {
        Base64URL.text(Array(SHA256.hash(data: Array("hawser-change-token.\(text)".utf8))))
    }

    /// Compares in constant time.
    package static func isChangeToken(_ candidate: String, of text: String) -> Bool {
        let (mine, other) = (Array(changeToken(of: text).utf8), Array(candidate.utf8))
        guard mine.count == other.count else { return false }
        return zip(mine, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
