import CoreDomain
import FleetModel
import FleetRuntime
import Testing

@testable import CoreDeploy

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
                    (\(shore.tenant), 2, 'engine', 'current', sha256('other'), 0, now());
                INSERT INTO hawser.artifact_trees VALUES (\(shore.tenant), sha256('other'), 7, now())
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
            #expect(plan.totals.bytes == 2_000_000 && plan.totals.estimates == 2)
            #expect(plan.warnings.contains { $0.hasPrefix("of 2 ships' bytes only an estimate") })
        }
    }

    @Test func `what is built tells the bytes, from whatever base and less what is partly there`()
        async throws
    {
        try await DeployShore.lend { shore in
            try await shore.addShips(5)
            try await shore.addVersion(1)
            let waves: [JSONValue] = [.object(["name": .string("all")])]
            let first = try await shore.deployments.plan(
                try DeployShore.request(waves: waves),
                shore.planner()
            )
            let tenant = shore.tenant
            // 1 holds nothing; 2 runs a, 3 runs b and keeps a, 4 runs a and has some of its delta; nobody has
            // built one from what 5 runs, of which the store knows a file that is the same.
            try await shore.run(
                """
                INSERT INTO hawser.artifact_trees
                SELECT \(tenant), sha256(name::bytea), 9, now() FROM unnest(ARRAY['a', 'b', 'c']) AS name;
                INSERT INTO hawser.artifact_tree_files
                    VALUES (\(tenant), sha256('c'), 'same', sha256('1'), 1000000);
                INSERT INTO hawser.artifact_blobs (tenant_id, digest, size, location, key_number, stored_at)
                SELECT \(tenant), sha256(('delta-' || name)::bytea), 1, 'none/d' || name, 1, now()
                FROM unnest(ARRAY['a', 'b', 'all']) AS name;
                DELETE FROM hawser.deltas WHERE tenant_id = \(tenant);
                INSERT INTO hawser.deltas
                SELECT \(tenant), '\\x\(first.digest)', base, 'ready', '', 1, 0, now(),
                    sha256(('delta-' || name)::bytea), bytes, 'full', now()
                FROM (VALUES ('a', sha256('a'), 5000), ('b', sha256('b'), 9000),
                    ('all', (SELECT tree FROM hawser.artifact_trees WHERE size = 0), 400000))
                    AS d (name, base, bytes);
                INSERT INTO hawser.ship_holdings VALUES
                    (\(tenant), 2, 'engine', 'current', sha256('a'), 0, now()),
                    (\(tenant), 3, 'engine', 'current', sha256('b'), 0, now()),
                    (\(tenant), 3, 'engine', 'previous', sha256('a'), 0, now()),
                    (\(tenant), 4, 'engine', 'current', sha256('a'), 0, now()),
                    (\(tenant), 4, '', 'partial', sha256('delta-a'), 3000, now()),
                    (\(tenant), 5, 'engine', 'current', sha256('c'), 0, now())
                """
            )
            let made = try await shore.deployments.plan(
                try DeployShore.request(name: "second", waves: waves),
                shore.planner()
            )
            let lines = try await shore.deployments.ships(
                made.id,
                of: tenant,
                wave: 0,
                state: "",
                after: nil,
                limit: 100
            ).items
            #expect(lines.map(\.bytes) == [400_000, 5000, 5000, 2000, 0])
            #expect(lines.map(\.method) == ["full", "delta", "delta", "delta", "delta"])
            #expect(lines.map(\.isEstimate) == [false, false, false, false, true])
            #expect(made.plan.totals.estimates == 1)
            for line in lines {
                #expect(line.bearers.map(\.bearer) == (line.bytes > 0 ? ["vsat"] : []))
                #expect(line.bearers.map(\.bytes).reduce(0, +) == line.bytesWithRetries)
            }
            // The delta that is missing is asked for.
            let queued = try await shore.texts(
                "SELECT encode(base, 'hex') AS value FROM hawser.deltas WHERE state = 'queued'"
            )
            #expect(queued == [lines[4].base])
        }
    }

    @Test func `bytes are split over the bearers as their links were, and nothing is lost`() {
        let vsat = Bearer(name: "vsat", rateBits: 1, priceMicrosPerMb: 3_000_000, currency: "USD")
        let port = Bearer(name: "port", rateBits: 1, priceMicrosPerMb: 0, currency: "USD")
        let shares = BearerShare.split(1_000_001, over: [(vsat, 0.25), (port, 0.75)])
        #expect(shares.map(\.bytes) == [250_000, 750_001])
        #expect(shares.map(\.costMicros) == [750_000, 0])
    }

    @Test func `a version that is deleted is brought all the same once it was planned`()
        async throws
    {
        try await DeployShore.lend { shore in
            try await shore.addShips(2)
            try await shore.addVersion(1)
            let made = try await shore.deployments.plan(
                try DeployShore.request(waves: [.object(["name": .string("all")])]),
                shore.planner()
            )
            try await shore.run(
                "DELETE FROM hawser.model_versions WHERE tenant_id = \(shore.tenant)"
            )
            let files = try await shore.texts(
                """
                SELECT path AS value FROM hawser.artifact_tree_files
                WHERE encode(tree, 'hex') = '\(made.digest)'
                """
            )
            #expect(files == ["model.onnx"])
            let gone = await #expect(throws: DomainError.self) {
                try await shore.deployments.plan(
                    try DeployShore.request(name: "second"),
                    shore.planner()
                )
            }
            #expect(gone?.code == .unprocessable)
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
