import CoreDomain
import CorePostgres
import FleetModel
import Testing

/// Two who make the same thing at the same moment: one has it, the others are told, and nobody meets the
/// database's own words.
@Suite(.timeLimit(.minutes(10)))
struct RacingNamesTests {
    private static let racers = 8

    /// How many made it; everybody else must have had a conflict.
    private func winners(
        _ make: @Sendable @escaping (Int) async throws -> Void
    ) async throws -> Int {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for racer in 0..<Self.racers {
                group.addTask {
                    do {
                        try await make(racer)
                        return true
                    } catch let error as DomainError {
                        #expect(error.code == .conflict, "\(error)")
                        return false
                    }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }

    @Test func `things of one name that are made at once are made once`() async throws {
        try await withShore(size: Self.racers) { shore in
            let made = try await winners { _ in
                _ = try await shore.tenants.create(
                    name: "acme",
                    at: Shore.now,
                    for: .command("test")
                )
            }
            #expect(made == 1)
            let tenant = try await shore.tenants.find(name: "acme")
            let admin = try await shore.caller(tenant.id, .admin)
            let act = Act(by: admin, for: .command("test"), at: Shore.now)
            let (users, fleets) = (Users(pool: shore.pool), Fleets(pool: shore.pool))
            let people = try await winners { _ in
                _ = try await users.create(
                    "ada",
                    kind: .person,
                    UserDetails(displayName: "Ada"),
                    act
                )
            }
            #expect(people == 1)
            let selectors = try await winners { _ in
                let selector = try FleetSelector(["class": ["tanker"]])
                _ = try await fleets.create("tankers", FleetDetails(selector: selector), act)
            }
            #expect(selectors == 1)
            let ships = try await winners { _ in
                _ = try await shore.ships.create(
                    tenant: tenant.id,
                    name: "aurora",
                    tokenLasting: .seconds(60),
                    at: Shore.now,
                    for: .command("test")
                )
            }
            #expect(ships == 1)
        }
    }

    @Test func `tokens of one name that are made at once belong to one service account`()
        async throws
    {
        try await withShore(size: Self.racers) { shore in
            let tenant = try await shore.tenants.create(
                name: "acme",
                at: Shore.now,
                for: .command("test")
            )
            let made = try await winners { _ in _ = try await shore.caller(tenant.id, .viewer) }
            #expect(made == Self.racers)
            let accounts = "SELECT count(*) FROM hawser.users WHERE tenant_id = \(tenant.id)"
            #expect(try await shore.number(accounts) == 1)
        }
    }

    @Test func `a token named like a person is refused with words that help`() async throws {
        try await withShore { shore in
            let tenant = try await shore.tenants.create(
                name: "acme",
                at: Shore.now,
                for: .command("test")
            )
            let admin = try await shore.caller(tenant.id, .admin)
            _ = try await Users(pool: shore.pool).create(
                "bridge.viewer",
                kind: .person,
                UserDetails(displayName: "B"),
                Act(by: admin, for: .command("test"), at: Shore.now)
            )
            await #expect {
                try await shore.caller(tenant.id, .viewer)
            } throws: {
                ($0 as? DomainError)?.code == .conflict
            }
        }
    }
}
