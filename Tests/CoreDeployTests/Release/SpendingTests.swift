import CoreDeploy
import CoreDomain
import CorePostgres
import FleetDeploy
import FleetModel
import FleetProtocol
import FleetRuntime
import Testing

/// What holds orders and bytes back for the money that they cost, or because somebody paused them.
@Suite(.timeLimit(.minutes(10)))
struct SpendingTests {
    private static let size = 1_000_000

    private func release(_ shore: DeployShore) -> Release {
        Release(
            pool: shore.pool,
            keys: DirectiveKeyring(DirectiveKey()),
            supply: PlainSupply(size: Self.size),
            clock: WallClock { DeployShore.now }
        )
    }

    private func ship(_ number: Int64, _ shore: DeployShore) -> ShipIdentity {
        ShipIdentity(tenant: shore.tenant, ship: ShipID(number))
    }

    /// Two ships of which each costs two dollars, in one wave that is open.
    private func running(_ shore: DeployShore) async throws -> Deployment {
        try await shore.addShips(2)
        try await shore.addVersion(1, size: Self.size)
        let made = try await shore.deployments.plan(
            try DeployShore.request(waves: [.object(["name": .string("all")])]),
            shore.planner()
        )
        _ = try await shore.deployments.start(made.id, shore.planner())
        let steps = DeploymentSteps(
            pool: shore.pool,
            clock: WallClock { DeployShore.now },
            prepare: { _ in .ready }
        )
        try await steps.step(shore.tenant)
        return made
    }

    private func ceiling(_ micros: Int64, _ shore: DeployShore) async throws {
        _ = try await shore.policies.put(
            "budget",
            DeployPolicies.Details(kind: .costCeiling, amount: micros, currency: "USD"),
            shore.planner()
        )
    }

    /// - Returns: how many directives it is sent.
    private func contact(_ ship: ShipIdentity, _ release: Release) async throws -> Int {
        let bytes = Holding.encoded([])
        let standing = OrderStanding(counter: 5, holdings: Holding.mark(of: bytes))
        if try await release.greeted(ship, standing) {
            try await release.told(holdings: bytes, by: ship)
        }
        return try await release.directives(for: ship).count
    }

    private func read(
        _ ship: ShipIdentity,
        from offset: Int,
        _ release: Release
    ) async throws -> ArtifactPortion {
        try await release.read(
            PlainSupply.content,
            from: UInt64(offset),
            count: 65_536,
            for: ship
        )
    }

    @Test func `an order that would pass the ceiling waits, and says for what`() async throws {
        try await DeployShore.lend { shore in
            let made = try await running(shore)
            let release = release(shore)
            try await ceiling(3_000_000, shore)
            #expect(try await contact(ship(1, shore), release) == 1)
            #expect(try await contact(ship(2, shore), release) == 0)
            let line = try await shore.deployments.ships(
                made.id,
                of: shore.tenant,
                wave: 0,
                state: "awaiting_reconnect",
                after: nil,
                limit: 10
            ).items
            #expect(line.map(\.ship) == ["s002"])
            #expect(
                line.first?.reason
                    == "it costs 2000000 micros of USD, and of the 3000000 of budget 2000000 are "
                    + "spent or spoken for"
            )
            try await ceiling(4_000_000, shore)
            #expect(try await contact(ship(2, shore), release) == 1)
        }
    }

    @Test func `bytes end with the money, however often the link makes them go twice`()
        async throws
    {
        try await DeployShore.lend { shore in
            let made = try await running(shore)
            let release = release(shore)
            let one = ship(1, shore)
            try await ceiling(2_500_000, shore)
            #expect(try await contact(one, release) == 1)
            // The connection is cut at the same place over and over.
            var sent = 0
            while case .bytes(let bytes) = try await read(one, from: 0, release) {
                sent += bytes.count
                guard sent <= 2 * Self.size else { break }
            }
            #expect(sent > 1_100_000 && sent <= 1_250_000)
            #expect(
                try await read(one, from: 0, release)
                    == .refused("held_back", retryAfterSeconds: 600)
            )
            let line = try await shore.deployments.ships(
                made.id,
                of: shore.tenant,
                wave: 0,
                state: "offered",
                after: nil,
                limit: 10
            ).items
            #expect(line.map(\.sent) == [Int64(sent)])
            // What was lost is paid for: the other ship's share is spent.
            #expect(try await contact(ship(2, shore), release) == 0)
            try await ceiling(10_000_000, shore)
            guard case .bytes = try await read(one, from: 0, release) else {
                Issue.record("no bytes go under a ceiling that was raised")
                return
            }
        }
    }

    @Test func `a ship gets no more bytes than its policy lets, and a dry run lets all`()
        async throws
    {
        try await DeployShore.lend { shore in
            _ = try await running(shore)
            let release = release(shore)
            let one = ship(1, shore)
            #expect(try await contact(one, release) == 1)
            for isDryRun in [true, false] {
                _ = try await shore.policies.put(
                    "small",
                    DeployPolicies.Details(kind: .shipBytes, isDryRun: isDryRun, amount: 100_000),
                    shore.planner()
                )
                let portions = [
                    try await read(one, from: 0, release),
                    try await read(one, from: 65_536, release),
                ]
                let isRefused = portions.map { $0 == .refused("held_back", retryAfterSeconds: 600) }
                #expect(isRefused == (isDryRun ? [false, false] : [true, true]))
            }
            #expect(try await contact(ship(2, shore), release) == 0)
        }
    }

    @Test func `a pause stops bytes that are on their way, and a resume lets them go on`()
        async throws
    {
        try await DeployShore.lend { shore in
            let made = try await running(shore)
            let release = release(shore)
            let (one, two) = (ship(1, shore), ship(2, shore))
            #expect(try await contact(one, release) == 1)
            #expect(try await contact(two, release) == 1)
            try await shore.run(
                "UPDATE hawser.deployment_ships SET state = 'soaking' WHERE ship_id = 2"
            )
            #expect(try await release.offers(for: one).count == 1)
            _ = try await shore.deployments.pause(made.id, shore.planner())
            #expect(try await release.offers(for: one).isEmpty)
            #expect(
                try await read(one, from: 0, release)
                    == .refused("held_back", retryAfterSeconds: 600)
            )
            // Nothing is sent to who has everything: it goes on by its contract.
            #expect(try await contact(two, release) == 0)
            let states = try await shore.texts(
                "SELECT state AS value FROM hawser.deployment_ships ORDER BY ship_id"
            )
            #expect(states == ["offered", "soaking"])
            _ = try await shore.deployments.resume(made.id, accepting: false, shore.planner())
            #expect(try await contact(one, release) == 1)
            guard case .bytes = try await read(one, from: 0, release) else {
                Issue.record("no bytes go after the resume")
                return
            }
        }
    }
}
