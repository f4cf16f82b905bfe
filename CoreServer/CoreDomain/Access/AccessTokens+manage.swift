import CorePostgres
import FleetIdentity
import FleetModel

extension AccessTokens {
    /// A token and its text, which can't be had again.
    package struct Created: Sendable {
        package let token: IssuedToken
        package let text: String
    }

    package func page(
        of tenant: TenantID,
        user: String?,
        isRevoked: Bool?,
        after cursor: Int64?,
        limit: Int
    ) async throws -> Page<IssuedToken> {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            let found = try connection.execute(
                TokenQueries.list,
                .int64(tenant.rawValue),
                .int64(cursor ?? 0),
                .optional(user, PostgresValue.text),
                .optional(isRevoked, PostgresValue.bool),
                .int64(Int64(limit) + 1)
            ).map(IssuedToken.init)
            return Page(found, limit: limit) { "\($0.id)" }
        }
    }

    package func find(_ id: Int64, of tenant: TenantID) async throws -> IssuedToken {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try Self.find(id, of: tenant, connection)
        }
    }

    private static func find(
        _ id: Int64,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> IssuedToken {
        let found = try connection.execute(
            TokenQueries.find,
            .int64(tenant.rawValue),
            .int64(id)
        ).first.map(IssuedToken.init)
        guard let found else { throw DomainError(.notFound, "there is no token \(id)") }
        return found
    }

    /// - Throws: `DomainError` `forbidden` where the token could do more than its maker.
    package func create(
        user name: String,
        name label: String,
        scopes: Set<Permission>?,
        until: Timestamp,
        _ act: Act
    ) async throws -> Created {
        try ThingText.check(label, "name", in: 1...100)
        return try await pool.transaction(tenant: act.tenant) { connection in
            try Giving.begin(act, connection)
            let user: User
            do {
                user = try Users.find(name, of: act.tenant, connection)
            } catch let error as DomainError where error.code == .notFound {
                throw DomainError(.invalid, error.message)
            }
            guard user.disabledAt == nil else {
                throw DomainError(.conflict, "\(name) is disabled: enable them first")
            }
            // What the user is given later comes to the token too: only a limit stays one.
            if let own = act.caller.scopes, scopes.map({ !$0.isSubset(of: own) }) ?? true {
                throw DomainError(.forbidden, "your token's own scopes are the most for another")
            }
            try Giving.check(user: user.id, limitedTo: scopes, act, connection)
            let secret = try Self.insert(
                user: user.id,
                name: label,
                scopes: scopes,
                lasting: until - act.now,
                act.trail(connection),
                connection
            )
            return Created(
                token: try Self.find(secret.id, of: act.tenant, connection),
                text: secret.text
            )
        }
    }

    /// Ends it; it stays listed.
    package func revoke(_ id: Int64, _ match: VersionMatch, _ act: Act) async throws {
        try await pool.transaction(tenant: act.tenant) { connection in
            try Giving.begin(act, connection)
            let before = try Self.find(id, of: act.tenant, connection)
            try match.check(before)
            _ = try connection.execute(
                TokenQueries.revoke,
                .int64(act.tenant.rawValue),
                .int64(id),
                .timestamp(act.now)
            )
            let after = try Self.find(id, of: act.tenant, connection)
            try act.trail(connection).note(
                "token.revoke",
                before.target,
                before: before.json,
                after: after.json
            )
        }
    }
}
