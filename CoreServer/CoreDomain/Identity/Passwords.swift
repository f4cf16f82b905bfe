import CorePostgres
import FleetModel

/// People's passwords, for installations without an identity provider.
package struct Passwords: Sendable {
    /// In characters; longer ones are no attack, but have an end.
    package static let lengths = 12...256

    private let pool: PostgresPool
    private let checks: PasswordChecks

    package init(pool: PostgresPool, checks: PasswordChecks) {
        self.pool = pool
        self.checks = checks
    }

    /// Somebody with a role over the whole tenant: how people begin at the server's own machine.
    ///
    /// - Throws: `DomainError` `invalid` or `conflict`.
    package func createPerson(
        tenant: TenantID,
        name: String,
        role: Role?,
        at now: Timestamp,
        for change: Change
    ) async throws {
        try Self.check(name: name)
        if let role {
            guard (role == .system) == (tenant == .system) else {
                throw DomainError(
                    .invalid,
                    "the role system, and no other, is given in the tenant system"
                )
            }
        }
        try await pool.transaction(tenant: tenant) { connection in
            let trail = AuditTrail(tenant: tenant, change: change, now: now, connection: connection)
            let row = try connection.execute(
                SignInQueries.insertPerson,
                values: [
                    .int64(tenant.rawValue), .text(name), .text(name), .null, .null, .null,
                    .timestamp(now),
                ]
            ).first
            guard let user = try row?.int64("user_id") else {
                throw DomainError(.conflict, "a user named \(name) exists already")
            }
            try trail.note("user.create", "user/\(name)", after: "{\"kind\":\"person\"}")
            guard let role else { return }
            try TenantBinding.insert(role, of: user, named: name, trail)
        }
    }

    /// Sets somebody's password; ends their sessions.
    ///
    /// - Parameter act: of whoever does it by the API: a password lets its holder do all that the user
    ///   may, so it is given as a token is. `nil` at the server's own machine.
    /// - Throws: `DomainError` `notFound`, `invalid` where they can't have this one, or `forbidden`.
    package func set(
        _ password: String,
        of name: String,
        in tenant: TenantID,
        at now: Timestamp,
        for change: Change,
        by act: Act? = nil
    ) async throws {
        try Self.check(password, of: name)
        let person = try await person(tenant, SignInQueries.password, .text(name))
        guard let person else { throw DomainError(.notFound, "there is no user named \(name)") }
        try await store(
            password,
            of: person,
            in: tenant,
            keeping: nil,
            at: now,
            for: change,
            by: act
        )
    }

    /// Changes one's own, which is proven by the old one.
    ///
    /// - Throws: `DomainError` `forbidden` where the old one is wrong.
    package func change(
        from old: String,
        to new: String,
        by caller: Principal,
        at now: Timestamp,
        for change: Change
    ) async throws {
        guard caller.home == caller.tenant else {
            throw DomainError(.invalid, "your password is in your own tenant: leave Hawser-Tenant")
        }
        try Self.check(new, of: caller.name)
        let person = try await person(caller.home, SignInQueries.passwordByID, .int64(caller.user))
        guard try await checks.matches(old, person?.stored), let person else {
            throw DomainError(.forbidden, "the present password is another one")
        }
        var session: Int64?
        if case .session(let id) = caller.credential { session = id }
        try await store(new, of: person, in: caller.home, keeping: session, at: now, for: change)
    }

    /// Checks a password; takes the same time whoever it is.
    ///
    func verify(
        _ password: String,
        of name: String,
        in tenant: TenantID?
    ) async throws -> Verdict {
        var person: Person?
        if let tenant {
            person = try await self.person(tenant, SignInQueries.password, .text(name))
        }
        let stored = person.flatMap { $0.maySignIn ? $0.stored : nil }
        guard password.count <= Self.lengths.upperBound,
            try await checks.matches(password, stored)
        else { return person.map { .refused(name: $0.name) } ?? .unknown }
        return person.map { .right(user: $0.user) } ?? .unknown
    }

    /// What became of a name and a password; whoever gave them is not told more than whether they are
    /// right.
    enum Verdict: Sendable, Equatable {
        case right(user: Int64)
        /// There is such a user: the password is wrong, or they may not sign in by one.
        case refused(name: String)
        case unknown
    }

    private struct Person: Sendable {
        let user: Int64
        let name: String
        let isService: Bool
        let isElsewhere: Bool
        let isDisabled: Bool
        let stored: PasswordHash?

        var maySignIn: Bool { !isService && !isElsewhere && !isDisabled }
    }

    private func person(
        _ tenant: TenantID,
        _ statement: Statement,
        _ key: PostgresValue
    ) async throws -> Person? {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try connection.execute(statement, .int64(tenant.rawValue), key).first.map { row in
                Person(
                    user: try row.int64("user_id"),
                    name: try row.text("name"),
                    isService: try row.text("kind") != "person",
                    isElsewhere: try row.optionalText("oidc_issuer") != nil,
                    isDisabled: try row.optionalTimestamp("disabled_at") != nil,
                    stored: try row.optionalText("password_hash").flatMap {
                        PasswordHash(parsing: $0)
                    }
                )
            }
        }
    }

    private func store(
        _ password: String,
        of person: Person,
        in tenant: TenantID,
        keeping session: Int64?,
        at now: Timestamp,
        for change: Change,
        by act: Act? = nil
    ) async throws {
        guard !person.isService else {
            throw DomainError(.invalid, "\(person.name) is a service account: those have tokens")
        }
        guard !person.isElsewhere else {
            throw DomainError(.invalid, "\(person.name) signs in at the identity provider")
        }
        let hash = try await checks.hash(password)
        try await pool.transaction(tenant: tenant) { connection in
            if let act {
                try Giving.begin(act, connection)
                try Giving.check(user: person.user, act, connection)
            }
            _ = try connection.execute(
                SignInQueries.setPassword,
                .int64(tenant.rawValue),
                .int64(person.user),
                .text(hash.text),
                .timestamp(now)
            )
            _ = try connection.execute(
                SignInQueries.endOthers,
                .int64(tenant.rawValue),
                .int64(person.user),
                .timestamp(now),
                .int64(session ?? 0)
            )
            try AuditTrail(tenant: tenant, change: change, now: now, connection: connection)
                .note("user.password", "user/\(person.name)")
        }
    }

    private static func check(_ password: String, of name: String) throws(DomainError) {
        guard lengths.contains(password.count) else {
            throw DomainError(
                .invalid,
                "a password has \(lengths.lowerBound) to \(lengths.upperBound) characters"
            )
        }
        guard password.lowercased() != name.lowercased(), Set(password).count > 3 else {
            throw DomainError(.invalid, "this password would be guessed at once; choose another")
        }
    }

    static func check(name: String) throws(DomainError) {
        let isPlain = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
                || (0x41...0x5A).contains(byte) || "._@+-".utf8.contains(byte)
        }
        guard (1...100).contains(name.utf8.count), isPlain else {
            throw DomainError(.invalid, "a user's name has 1 to 100 of a-z, A-Z, 0-9 and ._@+-")
        }
    }
}
