import FleetIdentity
import FleetModel
import FleetRuntime

/// A person's way in: a password or a token for a session.
package struct SignIn: Sendable {
    private let tenants: Tenants
    private let tokens: AccessTokens
    private let passwords: Passwords
    private let sessions: Sessions
    private let throttle: SignInThrottle
    private let failures: FailedSignIns
    private let clock: WallClock

    package init(
        tenants: Tenants,
        tokens: AccessTokens,
        passwords: Passwords,
        sessions: Sessions,
        throttle: SignInThrottle,
        failures: FailedSignIns,
        clock: WallClock
    ) {
        self.tenants = tenants
        self.tokens = tokens
        self.passwords = passwords
        self.sessions = sessions
        self.throttle = throttle
        self.failures = failures
        self.clock = clock
    }

    /// - Throws: `DomainError` `unauthenticated`, the same whichever of the three is wrong and after
    ///   the same time; `SignInThrottle.TooSoon`.
    package func open(
        tenant tenantName: String,
        name: String,
        password: String,
        from address: String,
        requestID: String
    ) async throws -> SecretToken {
        let account = "\(tenantName)/\(name)"
        try throttle.check(account: account, address: address, at: clock.now())
        // Counted before it is checked, so that many at once are no more than one by one.
        throttle.failed(account: account, address: address, at: clock.now())
        let tenant = try? await tenants.find(name: tenantName)
        let verdict = try await passwords.verify(password, of: name, in: tenant?.id)
        guard case .right(let user) = verdict, let tenant else {
            if let tenant {
                failures.note(verdict, in: tenant.id, from: address, requestID: requestID)
            }
            throw DomainError(.unauthenticated, "tenant, name or password is wrong")
        }
        throttle.succeeded(account: account, address: address)
        return try await sessions.open(
            user: user,
            name: name,
            in: tenant.id,
            at: clock.now(),
            requestID: requestID
        )
    }

    /// Changes one's own password, guarded as signing in is: a stolen session does not give it away.
    package func changePassword(
        from old: String,
        to new: String,
        by caller: Principal,
        from address: String,
        for change: Change
    ) async throws {
        let account = "\(caller.home)/\(caller.user)"
        try throttle.check(account: account, address: address, at: clock.now())
        throttle.failed(account: account, address: address, at: clock.now())
        do {
            try await passwords.change(
                from: old,
                to: new,
                by: caller,
                at: clock.now(),
                for: change
            )
        } catch let error as DomainError where error.code == .forbidden {
            failures.note(
                .refused(name: caller.name),
                in: caller.home,
                from: address,
                requestID: change.requestID
            )
            throw error
        }
        throttle.succeeded(account: account, address: address)
    }

    /// - Throws: as above.
    package func open(
        token text: String,
        from address: String,
        requestID: String
    ) async throws -> SecretToken {
        try throttle.check(account: nil, address: address, at: clock.now())
        let caller: Principal
        do {
            caller = try await tokens.principal(for: text, at: clock.now())
        } catch {
            throttle.failed(account: nil, address: address, at: clock.now())
            throw error
        }
        guard case .token(let id) = caller.credential else {
            throw DomainError(.unauthenticated, "this is no API token")
        }
        return try await sessions.open(
            user: caller.user,
            name: caller.name,
            in: caller.home,
            token: id,
            at: clock.now(),
            requestID: requestID
        )
    }
}
