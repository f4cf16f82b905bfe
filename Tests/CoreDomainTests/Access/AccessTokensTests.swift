import CoreDomain
import FleetModel
import Testing

@Suite(.timeLimit(.minutes(10)))
struct AccessTokensTests {
    @Test func `a token is good until it expires, and for nothing else`() async throws {
        try await withShore { shore in
            let tenant = try await shore.tenants.create(
                name: "acme",
                at: Shore.now,
                for: .command("test")
            )
            let text = try await shore.tokens.create(
                tenant: tenant.id,
                name: "reports",
                role: .viewer,
                lasting: .seconds(60),
                at: Shore.now,
                for: .command("test")
            )
            let principal = try await shore.tokens.principal(
                for: text,
                at: Shore.now + .seconds(59)
            )
            #expect(principal.tenant == tenant.id)
            #expect(principal.name == "reports.viewer")
            #expect(principal.may(.reportsRead, on: .tenant))
            #expect(!principal.may(.wantsWrite, on: .ships))

            let other = try await shore.tenants.create(
                name: "zenith",
                at: Shore.now,
                for: .command("test")
            )
            let elsewhere = text.replacing("hwt.\(tenant.id).", with: "hwt.\(other.id).")
            let changed = String(text.dropLast()) + (text.hasSuffix("A") ? "B" : "A")
            let late = Shore.now + .seconds(60)
            for (token, moment) in [
                (text, late), (elsewhere, Shore.now), (changed, Shore.now), ("", Shore.now),
            ] {
                await #expect {
                    try await shore.tokens.principal(for: token, at: moment)
                } throws: {
                    ($0 as? DomainError)?.code == .unauthenticated
                }
            }
        }
    }

    @Test func `a revoked token is refused`() async throws {
        try await withShore { shore in
            let tenant = try await shore.tenants.create(
                name: "acme",
                at: Shore.now,
                for: .command("test")
            )
            let text = try await shore.tokens.create(
                tenant: tenant.id,
                name: "a",
                role: .admin,
                lasting: .seconds(60),
                at: Shore.now,
                for: .command("test")
            )
            try await shore.run("UPDATE hawser.api_tokens SET revoked_at = created_at")
            await #expect(throws: DomainError.self) {
                try await shore.tokens.principal(for: text, at: Shore.now)
            }
        }
    }

    @Test func `neither a nameless token nor an eternal one is made`() async throws {
        try await withShore { shore in
            let tenant = try await shore.tenants.create(
                name: "acme",
                at: Shore.now,
                for: .command("test")
            )
            for (name, validity) in [
                ("", Duration.seconds(1)), (String(repeating: "a", count: 101), .seconds(1)),
                ("a", .zero), ("a", .seconds(367 * 86_400)),
            ] {
                await #expect {
                    try await shore.tokens.create(
                        tenant: tenant.id,
                        name: name,
                        role: .viewer,
                        lasting: validity,
                        at: Shore.now,
                        for: .command("test")
                    )
                } throws: {
                    ($0 as? DomainError)?.code == .invalid
                }
            }
        }
    }
}
