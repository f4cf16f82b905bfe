@testable import CoreDomain
import CorePostgres
import FleetModel
import FleetRuntime
import Testing

/// Guesses at passwords are in the audit of the account's tenant, and don't flood it.
@Suite(.timeLimit(.minutes(10)))
struct FailedSignInsTests {
    private struct Door {
        let failures: FailedSignIns
        let signIn: SignIn

        init(_ shore: Shore, _ passwords: Passwords) {
            failures = FailedSignIns(
                pool: shore.pool,
                clock: .fixed(Shore.now),
                logger: Shore.silent
            )
            signIn = SignIn(
                tenants: shore.tenants,
                tokens: shore.tokens,
                passwords: passwords,
                sessions: Sessions(pool: shore.pool),
                throttle: SignInThrottle(),
                failures: failures,
                clock: .fixed(Shore.now)
            )
        }

        func knock(_ tenant: String, _ name: String, from address: String) async {
            _ = try? await signIn.open(
                tenant: tenant,
                name: name,
                password: "hunter2 is my guess",
                from: address,
                requestID: "request-\(name)"
            )
        }
    }

    private func entries(_ shore: Shore, _ tenant: TenantID) async throws -> [(String, String)] {
        try await shore.superuser.withConnection { connection in
            try connection.execute(
                Statement(
                    "failed_sign_ins",
                    """
                    SELECT target, after FROM hawser.audit_entries
                    WHERE tenant_id = $1::bigint AND action = 'session.refuse' ORDER BY target, after
                    """
                ),
                .int64(tenant.rawValue)
            ).map { (try $0.text("target"), try $0.text("after")) }
        }
    }

    private func tenant(
        _ shore: Shore,
        _ name: String,
        _ passwords: Passwords
    ) async throws -> Tenant {
        let tenant = try await shore.tenants.create(
            name: name,
            at: Shore.now,
            for: .command("test")
        )
        try await passwords.createPerson(
            tenant: tenant.id,
            name: "ada",
            role: .admin,
            at: Shore.now,
            for: .command("test")
        )
        try await passwords.set(
            "a long enough one",
            of: "ada",
            in: tenant.id,
            at: Shore.now,
            for: .command("test")
        )
        return tenant
    }

    @Test func `one entry for each account and address tells how many, in the account's tenant`()
        async throws
    {
        try await withShore { shore in
            let passwords = Passwords(pool: shore.pool, checks: try PasswordChecks())
            let acme = try await tenant(shore, "acme", passwords)
            let zenith = try await tenant(shore, "zenith", passwords)
            let door = Door(shore, passwords)
            for _ in 0..<3 { await door.knock("acme", "ada", from: "192.0.2.1") }
            await door.knock("acme", "ada", from: "192.0.2.2")
            // What may be a password that slipped into the wrong field is not kept.
            await door.knock("acme", "hunter2", from: "192.0.2.1")
            await door.knock("nowhere", "ada", from: "192.0.2.1")
            #expect(try await entries(shore, acme.id).isEmpty)
            await door.failures.write()
            let found = try await entries(shore, acme.id)
            #expect(found.map(\.0) == ["user", "user/ada", "user/ada"])
            #expect(found.map { $0.1.contains("\"failures\":3") } == [false, true, false])
            #expect(found[1].1.contains("\"address\":\"192.0.2.1\""))
            #expect(found.allSatisfy { !$0.1.contains("hunter2") && !$0.0.contains("hunter2") })
            #expect(try await entries(shore, zenith.id).isEmpty)
            // What was written is not written again.
            await door.failures.write()
            #expect(try await entries(shore, acme.id).count == 3)
        }
    }

    @Test func `many addresses make no more entries than a window may have`() async throws {
        try await withShore { shore in
            let passwords = Passwords(pool: shore.pool, checks: try PasswordChecks())
            let acme = try await tenant(shore, "acme", passwords)
            let door = Door(shore, passwords)
            for number in 0..<60 {
                door.failures.note(
                    .refused(name: "ada"),
                    in: acme.id,
                    from: "192.0.2.\(number)",
                    requestID: "\(number)"
                )
            }
            await door.failures.write()
            let found = try await entries(shore, acme.id)
            #expect(found.count == 51)
            #expect(found.contains { $0.1.contains("\"failures\":10") })
        }
    }
}
