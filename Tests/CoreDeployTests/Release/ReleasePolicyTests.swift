import CoreDeploy
import CoreDomain
import FleetDeploy
import FleetModel
import FleetRuntime
import Testing

/// What a tenant holds its deployments to, where orders go out and waves open.
@Suite(.timeLimit(.minutes(10)))
struct ReleasePolicyTests {
    private func put(
        _ name: String,
        _ details: DeployPolicies.Details,
        _ shore: DeployShore
    ) async throws {
        _ = try await shore.policies.put(name, details, shore.planner())
    }

    /// Three ships, each of whose orders is of a megabyte.
    private func withWave(
        _ policies: [(name: String, details: DeployPolicies.Details)],
        _ body: (ReleaseScene, Deployment) async throws -> Void
    ) async throws {
        try await DeployShore.lend { shore in
            try await shore.addShips(3)
            try await shore.addVersion(1)
            for policy in policies { try await put(policy.name, policy.details, shore) }
            let scene = ReleaseScene(shore)
            try await body(
                scene,
                try await scene.start("first", ships: ["s001", "s002", "s003"])
            )
        }
    }

    private func telemetry(of ship: Int64, age: Int64, _ shore: DeployShore) async throws {
        try await shore.run(
            """
            INSERT INTO hawser.lane_positions
                (tenant_id, ship_id, epoch, lane, next_sequence, chain, stored_records,
                stored_bytes, quarantined_records, started_at, moved_at)
            VALUES (\(shore.tenant), \(ship), 1, 4, 1, decode(repeat('00', 16), 'hex'), 10, 10, 0,
                now(), to_timestamp(\(DeployShore.now.milliseconds / 1000 - age)))
            """
        )
    }

    @Test func `so many ships begin in an hour, and the next one after it`() async throws {
        try await withWave([("pace", .init(kind: .hourlyShips, amount: 1))]) { scene, made in
            #expect(try await scene.contact(1, taken: 1).count == 1)
            #expect(try await scene.contact(2, taken: 1, after: .seconds(1800)).isEmpty)
            let reason = try await scene.reason("s002", in: made)
            #expect(reason == "pace lets 1 ships begin in an hour")
            #expect(try await scene.contact(2, taken: 1, after: .seconds(3700)).count == 1)
        }
    }

    @Test func `so many ships are under way at once, and the next when one is done`() async throws {
        try await withWave([("few", .init(kind: .shipsInFlight, amount: 1))]) { scene, made in
            let order = try #require(try await scene.contact(1, taken: 1).last)
            #expect(try await scene.contact(2, taken: 1).isEmpty)
            try await scene.tell(
                1,
                [.soaking, .succeeded],
                of: made,
                by: order.counter,
                running: TreeDigest(text: made.digest)
            )
            #expect(try await scene.contact(2, taken: 1).count == 1)
        }
    }

    @Test func `a quota of bytes holds for its day and its month`() async throws {
        try await withWave([
            ("day", .init(kind: .dailyBytes, amount: 1_500_000)),
            ("month", .init(kind: .monthlyBytes, amount: 2_500_000)),
        ]) { scene, made in
            #expect(try await scene.contact(1, taken: 1).count == 1)
            #expect(try await scene.contact(2, taken: 1).isEmpty)
            let today = try await scene.reason("s002", in: made)
            #expect(today == "day lets 1500000 bytes go down today")
            let day = Duration.seconds(86_400)
            #expect(try await scene.contact(2, taken: 1, after: day).count == 1)
            #expect(try await scene.contact(3, taken: 1, after: day + day).isEmpty)
            let month = try await scene.reason("s003", in: made)
            #expect(month == "month lets 2500000 bytes go down this month")
            let later = Duration.seconds(35 * 86_400)
            #expect(try await scene.contact(3, taken: 1, after: later).count == 1)
        }
    }

    @Test func `a ship whose telemetry is old gets no order`() async throws {
        try await withWave([("seen", .init(kind: .telemetryAge, amount: 3600))]) { scene, made in
            try await telemetry(of: 1, age: 4000, scene.shore)
            try await telemetry(of: 2, age: 3000, scene.shore)
            #expect(try await scene.contact(1, taken: 1).isEmpty)
            #expect(try await scene.contact(2, taken: 1).count == 1)
            #expect(try await scene.contact(3, taken: 1).isEmpty)
            let reason = try await scene.reason("s003", in: made)
            #expect(reason == "seen wants telemetry of the last 3600 s, and there is none")
        }
    }

    @Test func `a dry run tells what it would say, and of two the higher priority counts`()
        async throws
    {
        try await withWave([
            ("strict", .init(kind: .shipsInFlight, amount: 0)),
            ("tried", .init(kind: .shipsInFlight, priority: 5, isDryRun: true, amount: 0)),
        ]) { scene, made in
            #expect(try await scene.contact(1, taken: 1).count == 1)
            let events = try await scene.shore.texts(
                """
                SELECT to_state || ': ' || reason AS value FROM hawser.deployment_events
                WHERE kind = 'policy'
                """
            )
            #expect(events == ["dry_run: tried lets 0 ships be under way at once (dry run)"])
            #expect(try await scene.states(made)["s001"] == "offered")
        }
    }

    @Test func `a policy is of the ships that its selector names`() async throws {
        let south = try FleetSelector(["area": ["south"]])
        try await withWave([
            ("south", .init(kind: .shipsInFlight, selector: south, amount: 0))
        ]) { scene, _ in
            try await scene.shore.run(
                "UPDATE hawser.ships SET labels = '{\"area\": \"south\"}' WHERE ship_id = 2"
            )
            #expect(try await scene.contact(1, taken: 1).count == 1)
            #expect(try await scene.contact(2, taken: 1).isEmpty)
        }
    }

    @Test func `no wave opens while too few ships are heard of`() async throws {
        try await DeployShore.lend { shore in
            try await shore.addShips(3)
            try await shore.addVersion(1)
            try await put("slo", .init(kind: .freshShare, amount: 600, percent: 60), shore)
            try await telemetry(of: 1, age: 10, shore)
            try await telemetry(of: 2, age: 10_000, shore)
            let scene = ReleaseScene(shore)
            let made = try await scene.start("first", ships: ["s001", "s002", "s003"])
            try await scene.step(after: .seconds(5))
            try await scene.step(after: .seconds(10))
            let wave = try #require(
                try await shore.deployments.waves(made.id, of: shore.tenant).first
            )
            #expect(wave.state == .scheduled)
            #expect(wave.reason == "slo wants telemetry of the last 600 s from 60 % of its ships")
            let told = try await shore.texts(
                "SELECT reason AS value FROM hawser.deployment_events WHERE kind = 'wave'"
            )
            #expect(told.count == 1)
            try await telemetry(of: 3, age: 10, shore)
            try await scene.step(after: .seconds(15))
            let opened = try await shore.deployments.waves(made.id, of: shore.tenant)
            #expect(opened.map(\.state) == [.running])
            let missing = await #expect(throws: DomainError.self) {
                try await put("slo", .init(kind: .freshShare, amount: 600), shore)
            }
            #expect(missing?.code == .invalid)
        }
    }

    @Test func `a plan is refused where ships would have it too late`() async throws {
        try await DeployShore.lend { shore in
            try await shore.addShips(2)
            try await shore.addVersion(1)
            let request = try DeployShore.request(waves: [.object(["name": .string("all")])])
            try await put("sla", .init(kind: .deliverySeconds, amount: 3600), shore)
            let error = await #expect(throws: DomainError.self) {
                try await shore.deployments.plan(request, shore.planner())
            }
            #expect(
                error?.message.contains("2 ships are not sure to have it within the 3600 s of sla")
                    == true,
                "\(error?.message ?? "")"
            )
            try await shore.addLink(days: 30, connected: .seconds(43_200))
            let made = try await shore.deployments.plan(request, shore.planner())
            #expect(made.plan.totals.p90Seconds.map { $0 <= 3600 } == true)
        }
    }
}
