import CoreDomain
import CorePostgres
import FleetModel
import FleetRuntime
import Testing

@testable import CoreDeploy

/// What planning and stepping cost: they grow as the work grows, and no faster.
@Suite(.timeLimit(.minutes(10)))
struct PlanCostTests {
    /// Statements that this session has run by name.
    private func statements(_ shore: DeployShore) async throws -> Int64 {
        let sql = """
            SELECT sum(generic_plans + custom_plans)::text AS value FROM pg_prepared_statements
            """
        return Int64(try await shore.texts(sql).first ?? "") ?? 0
    }

    private func waves(_ count: Int, of ships: Int) -> [JSONValue] {
        (1...count).map {
            .object(["name": .string("\($0)"), "count": .integer(Int64(ships))])
        }
    }

    @Test func `a plan takes as many statements for many ships as for few`() async throws {
        var costs: [Int64] = []
        for ships in [40, 400] {
            try await DeployShore.lend(connections: 1) { shore in
                try await shore.addShips(ships)
                try await shore.addVersion(1)
                try await shore.addLink(days: 3, connected: .seconds(600))
                let before = try await statements(shore)
                let made = try await shore.deployments.plan(
                    try DeployShore.request(waves: waves(20, of: ships / 20)),
                    shore.planner()
                )
                costs.append(try await statements(shore) - before)
                #expect(made.plan.totals.ships == ships && made.plan.waves.count == 20)
            }
        }
        #expect(costs[0] > 10 && costs[0] < 40)
        #expect(costs[0] == costs[1])
    }

    private func step(_ shore: DeployShore, after time: Duration) async throws {
        let steps = DeploymentSteps(
            pool: shore.pool,
            clock: WallClock { DeployShore.now + time },
            prepare: { _ in .ready }
        )
        try await steps.step(shore.tenant)
    }

    @Test func `a step looks at what something was told of, and at the rest once a minute`()
        async throws
    {
        try await DeployShore.lend(connections: 1) { shore in
            try await shore.addShips(20)
            try await shore.addVersion(1)
            var made: [Int64] = []
            for number in 0..<10 {
                let ships = ["s\(number < 5 ? "00" : "0")\(2 * number + 1)"]
                let deployment = try await shore.deployments.plan(
                    try DeployShore.request(
                        name: "d\(number)",
                        targets: .object(["ships": .array(ships.map { .string($0) })]),
                        waves: waves(1, of: 1)
                    ),
                    shore.planner()
                )
                _ = try await shore.deployments.start(deployment.id, shore.planner())
                made.append(deployment.id)
            }
            func cost(after time: Duration) async throws -> Int64 {
                let before = try await statements(shore)
                try await step(shore, after: time)
                return try await statements(shore) - before
            }
            _ = try await cost(after: .seconds(1))
            let all = try await cost(after: .seconds(2))
            let quiet = try await cost(after: .seconds(3))
            // What a ship tells.
            try await shore.pool.transaction(tenant: shore.tenant) { [made] connection in
                try DeploymentJournal(
                    tenant: shore.tenant,
                    actor: "test",
                    now: DeployShore.now,
                    connection: connection
                ).touch(made[3], ShipID(7))
            }
            let one = try await cost(after: .seconds(4))
            let later = try await cost(after: .seconds(120))
            #expect(quiet < all / 10)
            #expect(one > quiet && (one - quiet) * 8 < all)
            #expect(later > all / 2)
        }
    }

    @Test func `a wave that is over is counted by what its gate wrote down`() throws {
        var sum = WaveCounts()
        var one = WaveCounts()
        one.proven = 3
        one.silent = 1
        one.lostMillionths = 200_000
        one.gaps = 2
        var other = WaveCounts()
        other.proven = 1
        other.rolledBack = 4
        other.lostMillionths = 1
        sum += one
        sum += other
        #expect(sum.proven == 4 && sum.rolledBack == 4 && sum.silent == 1)
        #expect(sum.lostMillionths == 200_001 && sum.gaps == 2 && sum.ships == 9)
    }
}
