import CorePostgres
import FleetModel

/// Who is let in.
package struct Users: Sendable {
    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    package func page(
        of tenant: TenantID,
        kind: User.Kind?,
        isDisabled: Bool?,
        after cursor: String?,
        limit: Int
    ) async throws -> Page<User> {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            let found = try connection.execute(
                UserQueries.list,
                .int64(tenant.rawValue),
                .text(cursor ?? ""),
                .optional(kind?.rawValue, PostgresValue.text),
                .optional(isDisabled, PostgresValue.bool),
                .int64(Int64(limit) + 1)
            ).map(User.init)
            return Page(found, limit: limit) { $0.name }
        }
    }

    package func find(_ name: String, of tenant: TenantID) async throws -> User {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try Self.find(name, of: tenant, connection)
        }
    }

    /// - Throws: `DomainError` `notFound`.
    static func find(
        _ name: String,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> User {
        let found = try connection.execute(
            UserQueries.byName,
            .int64(tenant.rawValue),
            .text(name)
        ).first.map(User.init)
        guard let found else { throw DomainError(.notFound, "there is no user named \(name)") }
        return found
    }

    package func create(
        _ name: String,
        kind: User.Kind,
        _ details: UserDetails,
        _ act: Act
    ) async throws -> User {
        try Self.check(name)
        try details.check()
        return try await Self.naming(name) {
            try await pool.transaction(tenant: act.tenant) { connection in
                let row = try connection.execute(
                    UserQueries.insert,
                    values: [
                        .int64(act.tenant.rawValue), .text(kind.rawValue), .text(name),
                        .text(details.displayName), .optional(details.email, PostgresValue.text),
                        .optional(details.oidcIssuer, PostgresValue.text),
                        .optional(details.oidcSubject, PostgresValue.text),
                        details.isDisabled ? .timestamp(act.now) : .null, .timestamp(act.now),
                    ]
                ).first
                let user = try Self.required(row)
                try act.trail(connection).created(user)
                return user
            }
        }
    }

    /// Who is disabled loses tokens and sessions at once, and does not get them back by being enabled.
    package func change(
        _ name: String,
        _ match: VersionMatch,
        _ act: Act,
        _ edit: @Sendable @escaping (inout UserDetails) throws -> Void
    ) async throws -> User {
        try await Self.naming(name) {
            try await pool.transaction(tenant: act.tenant) { connection in
                try Giving.begin(act, connection)
                let before = try Self.find(name, of: act.tenant, connection)
                try match.check(before)
                let old = UserDetails(before)
                var new = old
                try edit(&new)
                try new.check()
                // To let somebody in, or say who it is that comes in, is to give what the user may.
                if new.oidcSubject != old.oidcSubject || new.oidcIssuer != old.oidcIssuer
                    || old.isDisabled && !new.isDisabled
                {
                    try Giving.check(user: before.id, act, connection)
                }
                return try Giving.keepingAnAdmin(act, connection) {
                    try Self.update(before, to: new, wasDisabled: old.isDisabled, act, connection)
                }
            }
        }
    }

    private static func update(
        _ before: User,
        to details: UserDetails,
        wasDisabled: Bool,
        _ act: Act,
        _ connection: PostgresConnection
    ) throws -> User {
        let disabledAt = before.disabledAt.flatMap { Timestamp(parsing: $0) } ?? act.now
        let row = try connection.execute(
            UserQueries.update,
            values: [
                .int64(act.tenant.rawValue), .int64(before.id), .text(details.displayName),
                .optional(details.email, PostgresValue.text),
                .optional(details.oidcIssuer, PostgresValue.text),
                .optional(details.oidcSubject, PostgresValue.text),
                details.isDisabled ? .timestamp(disabledAt) : .null, .timestamp(act.now),
            ]
        ).first
        if details.isDisabled, !wasDisabled {
            for statement in [UserQueries.endTokens, UserQueries.endSessions] {
                _ = try connection.execute(
                    statement,
                    .int64(act.tenant.rawValue),
                    .int64(before.id),
                    .timestamp(act.now)
                )
            }
        }
        let after = try required(row)
        try act.trail(connection).changed(before, to: after)
        return after
    }

    /// With tokens, sessions and bindings.
    package func delete(_ name: String, _ match: VersionMatch, _ act: Act) async throws {
        try await pool.transaction(tenant: act.tenant) { connection in
            try Giving.begin(act, connection)
            let user = try Self.find(name, of: act.tenant, connection)
            try match.check(user)
            try Giving.keepingAnAdmin(act, connection) {
                for statement in UserQueries.deletions {
                    _ = try connection.execute(
                        statement,
                        .int64(act.tenant.rawValue),
                        .int64(user.id)
                    )
                }
            }
            try act.trail(connection).deleted(user)
        }
    }

    private static func check(_ name: String) throws(DomainError) {
        let isPlain = name.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte)
                || [0x2B, 0x2D, 0x2E, 0x40, 0x5F].contains(byte)
        }
        guard (1...100).contains(name.utf8.count), isPlain else {
            throw DomainError(
                .invalid,
                "a user's name has 1 to 100 of a-z, A-Z, 0-9, dot, hyphen, underscore, plus and @"
            )
        }
    }

    private static func required(_ row: PostgresRow?) throws -> User {
        guard let row else { throw DomainError(.conflict, "it was not stored; try again") }
        return try User(row)
    }

    /// Tells what is taken already.
    private static func naming<Value>(
        _ name: String,
        _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await body()
        } catch let error as PostgresError where error.isUniqueViolation() {
            throw error.isUniqueViolation(constraint: "users_oidc_key")
                ? DomainError(.conflict, "another user has this oidc_subject")
                : DomainError(.conflict, "a user named \(name) exists already")
        }
    }
}
