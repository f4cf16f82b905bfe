import CoreDeploy
import CoreDomain
import FleetModel
import FleetRuntime
import Testing

/// What is frozen with a plan, and what refuses one.
@Suite(.timeLimit(.minutes(10)))
struct DeploymentPlanTests {
    @Test func `a plan has a line for each ship, with bytes, cost and a forecast`() async throws {
        try await DeployShore.lend { shore in
            try await shore.addShips(10)
            try await shore.addVersion(1)
            try await shore.addLink(days: 20, connected: .seconds(3600))
            let made = try await shore.deployments.plan(
                try DeployShore.request(),
                shore.planner()
            )
            #expect(made.state == .ready)
            #expect(made.plan.totals.ships == 10)
            #expect(made.plan.waves.map(\.totals.ships) == [2, 8])
            let lines = try await shore.deployments.ships(
                made.id,
                of: shore.tenant,
                wave: 0,
                state: "",
                after: nil,
                limit: 100
            ).items
            #expect(lines.count == 10)
            for line in lines {
                #expect(line.method == "full" && line.bytes == 1_000_000)
                // Cut connections make some of it go twice; 2 USD a megabyte.
                #expect(line.bytesWithRetries > 1_000_000 && line.bytesWithRetries < 1_010_000)
                #expect(line.costMicros >= 2_000_000 && line.costMicros < 2_020_000)
                #expect(line.currency == "USD")
                // 1 MB at half of 100 kB/s takes 20 s of 3,600 a day.
                let p50 = try #require(line.p50Seconds)
                let p90 = try #require(line.p90Seconds)
                #expect(p50 > 0 && p50 < 86_400 && p90 >= p50)
            }
        }
    }

    @Test func `a ship that holds the tree needs no bytes, one with another a delta`() async throws
    {
        try await DeployShore.lend { shore in
            try await shore.addShips(3)
            try await shore.addVersion(1)
            let first = try await shore.deployments.plan(
                try DeployShore.request(waves: [.object(["name": .string("all")])]),
                shore.planner()
            )
            try await shore.run(
                """
                INSERT INTO hawser.ship_holdings VALUES
                    (\(shore.tenant), 1, 'engine', 'staged', '\\x\(first.digest)', 0, now()),
                    (\(shore.tenant), 2, 'engine', 'current', sha256('other'), 0, now())
                """
            )
            let plan = try await shore.deployments.preview(
                try DeployShore.request(
                    name: "second",
                    waves: [.object(["name": .string("all")])]
                ),
                shore.planner()
            )
            #expect(plan.totals.methods == ["held": 1, "delta": 1, "full": 1])
            #expect(plan.totals.bytes == 2_000_000)
        }
    }

    @Test func `a preview writes nothing`() async throws {
        try await DeployShore.lend { shore in
            try await shore.addShips(3)
            try await shore.addVersion(1)
            _ = try await shore.deployments.preview(try DeployShore.request(), shore.planner())
            let page = try await shore.deployments.page(
                of: shore.tenant,
                state: nil,
                before: nil,
                limit: 10
            )
            #expect(page.items.isEmpty)
        }
    }

    @Test func `what can't be is refused with every reason`() async throws {
        try await DeployShore.lend { shore in
            try await shore.addShips(10)
            try await shore.addVersion(1)
            _ = try await shore.policies.put(
                "cheap",
                DeployPolicies.Details(kind: .costCeiling, amount: 1000, currency: "USD"),
                shore.planner()
            )
            let request = try DeployShore.request(
                targets: .object([
                    "labels": .object(["area": .array([.string("north")])]),
                    "ships": .array([.string("nobody")]), "fleets": .array([.string("none")]),
                ]),
                [
                    "limits": .array([
                        .object(["by": .string("class"), "count": .integer(1)])
                    ]), "deadline": .object(["at": .string("2020-01-01T00:00:00Z")]),
                ]
            )
            let error = await #expect(throws: DomainError.self) {
                try await shore.deployments.plan(request, shore.planner())
            }
            let message = try #require(error?.message)
            #expect(error?.code == .unprocessable)
            for reason in [
                "no ships named nobody", "no fleets named none", "the deadline is past",
                "5 ships with class 'ferry' do not fit into 2 waves of 1",
                "5 ships with class 'tanker'", "6 ships are left without a wave", "cheap lets 1000",
            ] {
                #expect(message.contains(reason), "\(reason) is not in: \(message)")
            }
        }
    }

    @Test func `a ship is in one deployment to a slot at a time`() async throws {
        try await DeployShore.lend { shore in
            try await shore.addShips(4)
            try await shore.addVersion(1)
            let first = try await shore.deployments.plan(
                try DeployShore.request(),
                shore.planner()
            )
            _ = try await shore.deployments.start(first.id, shore.planner())
            let error = await #expect(throws: DomainError.self) {
                try await shore.deployments.plan(
                    try DeployShore.request(name: "second"),
                    shore.planner()
                )
            }
            #expect(
                error?.message.contains("the deployment first has not done with engine") == true
            )
        }
    }

    @Test func `no wave has more of one kind than its limits let`() async throws {
        try await DeployShore.lend { shore in
            try await shore.addShips(12)
            try await shore.addVersion(1)
            let waves = (1...6).map {
                JSONValue.object(["name": .string("\($0)"), "count": .integer(2)])
            }
            let made = try await shore.deployments.plan(
                try DeployShore.request(
                    waves: waves,
                    ["limits": .array([.object(["by": .string("class"), "count": .integer(1)])])]
                ),
                shore.planner()
            )
            let most = try await shore.texts(
                """
                SELECT max(ships)::text AS value FROM (
                    SELECT count(*) AS ships FROM hawser.deployment_ships
                    JOIN hawser.ships USING (tenant_id, ship_id)
                    WHERE deployment_id = \(made.id)
                    GROUP BY wave, class
                ) AS w
                """
            )
            #expect(most == ["1"])
        }
    }

    @Test func `a member that is not known is refused by its path`() throws {
        let error = #expect(throws: DomainError.self) {
            try DeployShore.request(["activation": .object(["navigaton": .array([])])])
        }
        #expect(error?.message == "'activation.navigaton' is not known here")
    }
}
