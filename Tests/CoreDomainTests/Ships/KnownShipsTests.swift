import CoreDomain
import FleetModel
import Testing

@Suite(.timeLimit(.minutes(10)))
struct KnownShipsTests {
    @Test func `a ship that is known for a moment is seen changed at once by who changed it`()
        async throws
    {
        try await withShore { shore in
            let tenant = try await shore.tenants.create(
                name: "acme",
                at: Shore.now,
                for: .command("test")
            )
            await #expect(throws: DomainError.self) {
                _ = try await shore.ships.findRecent(tenant: tenant.id, name: "aurora")
            }
            let made = try await shore.ships.create(
                tenant: tenant.id,
                name: "aurora",
                tokenLasting: .seconds(60),
                at: Shore.now,
                for: .command("test")
            )
            // That there was none is not remembered.
            let found = try await shore.ships.findRecent(tenant: tenant.id, name: "aurora")
            #expect(found == made.ship)
            try await shore.ships.revoke(found, at: Shore.now, for: .command("test"))
            let after = try await shore.ships.findRecent(tenant: tenant.id, name: "aurora")
            #expect(after.isRevoked)
            // By another tenant's word for it there is none.
            await #expect(throws: DomainError.self) {
                _ = try await shore.ships.findRecent(tenant: .system, name: "aurora")
            }
        }
    }
}
