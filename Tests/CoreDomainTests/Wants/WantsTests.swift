import CoreDomain
import FleetModel
import FleetProtocol
import FleetTestSupport
import Testing

/// What is asked of ships, in PostgreSQL.
@Suite(.timeLimit(.minutes(10)))
struct WantsTests {
    private static let day = Shore.now - .seconds(86_400)

    @Test func `a want is told until it is answered, and answered once`() async throws {
        try await withShore { shore in
            let identity = try await shore.ship().identity
            let ship = try await shore.ships.find(tenant: identity.tenant, name: "aurora")
            let wants = Wants(pool: shore.pool)
            let caller = try await shore.caller(identity.tenant, .operator)
            let want = try await wants.ask(
                ship,
                from: Self.day,
                to: Shore.now,
                maxBytes: 1000,
                by: caller.name,
                at: Shore.now,
                for: .command("test")
            )
            #expect(want.state == .waiting && want.requestedBy == "bridge.operator")
            let answer = WantAnswer(
                id: UInt64(want.id),
                outcome: .held,
                samples: 10,
                bytes: 20
            )
            // Nobody can answer what was not asked.
            try await wants.note([answer], of: identity, at: Shore.now)
            #expect(try await wants.find(want.id, of: ship).state == .waiting)
            for seconds in [1, 2] {
                let told = try await wants.tell(identity, at: Shore.now + .seconds(seconds))
                #expect(told.map(\.id) == [UInt64(want.id)])
                #expect(told.first?.maxBytes == 1000 && told.first?.from == Self.day)
            }
            #expect(try await wants.find(want.id, of: ship).toldAt == Shore.now + .seconds(1))
            await #expect(throws: DomainError.self) {
                try await wants.withdraw(want.id, of: ship, at: Shore.now, for: .command("test"))
            }
            let other = try await shore.ship(tenant: "other").identity
            try await wants.note([answer], of: other, at: Shore.now)
            #expect(try await wants.find(want.id, of: ship).state == .told)
            try await wants.note([answer], of: identity, at: Shore.now)
            let later = WantAnswer(
                id: UInt64(want.id),
                outcome: .notHeld,
                samples: 0,
                bytes: 0
            )
            let huge = WantAnswer(id: .max, outcome: .held, samples: .max, bytes: .max)
            try await wants.note([later, huge], of: identity, at: Shore.now)
            #expect(try await wants.find(want.id, of: ship).answer == answer)
            #expect(try await wants.tell(identity, at: Shore.now).isEmpty)
        }
    }

    @Test func `a ship has a hundred open wants at the most`() async throws {
        try await withShore { shore in
            let identity = try await shore.ship().identity
            let ship = try await shore.ships.find(tenant: identity.tenant, name: "aurora")
            let wants = Wants(pool: shore.pool)
            let caller = try await shore.caller(identity.tenant, .operator)
            func ask() async throws -> ShipWant {
                try await wants.ask(
                    ship,
                    from: Self.day,
                    to: Shore.now,
                    maxBytes: 1,
                    by: caller.name,
                    at: Shore.now,
                    for: .command("test")
                )
            }
            // At once, so that they meet.
            let codes = await withTaskGroup(of: DomainError.Code?.self) { group in
                for _ in 0..<110 {
                    group.addTask {
                        do {
                            _ = try await ask()
                            return nil
                        } catch {
                            return (error as? DomainError)?.code ?? .invalid
                        }
                    }
                }
                var codes: [DomainError.Code?] = []
                for await code in group { codes.append(code) }
                return codes
            }
            let asked = codes.count { $0 == nil }
            let refused = codes.count { $0 == .overloaded }
            #expect(asked == 100 && refused == 10)
            let newest = try #require(try await wants.page(of: ship, limit: 1).first)
            try await wants.withdraw(newest.id, of: ship, at: Shore.now, for: .command("test"))
            let next = try await ask()
            #expect(next.id > newest.id)
        }
    }
}
