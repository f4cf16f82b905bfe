import CorePostgres
import FleetIdentity
import FleetModel

/// API tokens: made once, shown once, checked at every request.
package struct AccessTokens: Sendable {
    /// The longest that a token may last.
    package static let longestValidity = Duration.seconds(366 * 86_400)

    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// - Returns: the token's text, which can't be had again.
    package func create(
        tenant: TenantID,
        name: String,
        role: APIRole,
        lasting validity: Duration,
        at now: Timestamp
    ) async throws -> String {
        guard (1...100).contains(name.count) else {
            throw DomainError(.invalid, "a token's name has 1 to 100 characters")
        }
        guard validity > .zero, validity <= Self.longestValidity else {
            throw DomainError(.invalid, "a token lasts at least a second and at most 366 days")
        }
        return try await pool.transaction(tenant: tenant) { connection in
            let id =
                try connection.execute(AccessQueries.nextNumber).first?.int64("token_id") ?? 0
            let token = SecretToken(drawing: .api, tenant: tenant, id: id, authority: nil)
            _ = try connection.execute(
                AccessQueries.insert,
                .int64(tenant.rawValue),
                .int64(id),
                .text(name),
                .text(role.rawValue),
                .bytes(token.hash),
                .timestamp(now),
                .timestamp(now + validity)
            )
            return token.text
        }
    }

    /// Checks a token as it came with a request.
    ///
    /// - Throws: `DomainError` `unauthenticated`, the same for every reason.
    package func principal(for text: String, at now: Timestamp) async throws -> Principal {
        let refusal = DomainError(.unauthenticated, "the token is unknown, expired or revoked")
        guard let token = try? SecretToken(parsing: text, as: .api) else { throw refusal }
        let principal = try await pool.transaction(tenant: token.tenant, readOnly: true) {
            connection -> Principal? in
            let row = try connection.execute(
                AccessQueries.find,
                .int64(token.tenant.rawValue),
                .int64(token.id)
            ).first
            guard let row, token.matches(hash: try row.bytes("secret_hash")),
                try row.optionalTimestamp("revoked_at") == nil,
                try row.timestamp("expires_at") > now,
                let role = APIRole(rawValue: try row.text("role"))
            else { return nil }
            return Principal(
                tenant: token.tenant,
                token: token.id,
                name: try row.text("name"),
                role: role
            )
        }
        guard let principal else { throw refusal }
        return principal
    }
}
