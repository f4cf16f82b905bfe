import CoreDeploy
import CoreDomain
import FleetDeploy
import FleetModel
import FleetRuntime
import Testing

/// Candidates in ships' shadows, and how they come into the light.
@Suite(.timeLimit(.minutes(10)))
struct PromotionTests {
    /// Version 1 runs on s001 and s002, version 2 came into their shadows with deployment `shadow`.
    private struct Candidates {
        let scene: ReleaseScene
        let shadow: Deployment
        let old: TreeDigest
        let new: TreeDigest

        var holdings: [Holding] {
            [
                Holding(kind: .current, slot: ReleaseScene.slot, digest: old),
                Holding(kind: .shadow, slot: ReleaseScene.slot, digest: new),
            ]
        }

        func agree(_ ship: Int64, _ agreeing: Int, _ disagreeing: Int) async throws {
            let today = DeployShore.now.milliseconds / 86_400_000
            try await scene.tell(
                ship,
                [
                    FleetEvent(
                        at: DeployShore.now,
                        severity: .info,
                        kind: Agreement.eventKind,
                        message: "engine \(new) \(today) \(agreeing) \(disagreeing) 1.5 0.25"
                    )
                ]
            )
        }

        func request(
            _ name: String = "live",
            _ others: [String: JSONValue] = [:]
        ) throws -> DeploymentRequest {
            try DeployShore.request(
                version: 2,
                name: name,
                targets: .object(["deployment": .integer(shadow.id)]),
                waves: [.object(["name": .string("all")])],
                ReleaseScene.eager.merging(["mode": .string("promotion")]) { $1 }
                    .merging(others) { $1 }
            )
        }
    }

    private func withCandidates(
        _ body: (Candidates) async throws -> Void
    ) async throws {
        try await DeployShore.lend { shore in
            try await shore.addShips(3)
            try await shore.addVersion(1)
            try await shore.addVersion(2)
            let scene = ReleaseScene(shore)
            let first = try await scene.start("first", ships: ["s001", "s002"])
            let old = try #require(TreeDigest(text: first.digest))
            for ship in [Int64(1), 2] {
                let order = try #require(try await scene.contact(ship, taken: 1).last)
                try await scene.tell(
                    ship,
                    [.soaking, .succeeded],
                    of: first,
                    by: order.counter,
                    running: old
                )
            }
            try await scene.step(after: .seconds(70))
            let shadow = try await scene.start(
                "shadow",
                version: 2,
                ships: ["s001", "s002"],
                ["mode": .string("shadow")],
                after: .seconds(71)
            )
            let new = try #require(TreeDigest(text: shadow.digest))
            for ship in [Int64(1), 2] {
                let orders = try await scene.contact(
                    ship,
                    taken: 2,
                    holding: [Holding(kind: .current, slot: ReleaseScene.slot, digest: old)],
                    after: .seconds(72)
                )
                let order = try #require(orders.last)
                guard case .install(let installation) = order.order else {
                    Issue.record("\(order)")
                    return
                }
                #expect(installation.mode == .shadow && installation.replaces == old)
                try await scene.tell(
                    ship,
                    [.activating],
                    of: shadow,
                    by: order.counter,
                    running: nil,
                    after: .seconds(73)
                )
                try await scene.tell(
                    ship,
                    [.soaking, .succeeded],
                    of: shadow,
                    by: order.counter,
                    running: new,
                    after: .seconds(73)
                )
            }
            try await body(Candidates(scene: scene, shadow: shadow, old: old, new: new))
        }
    }

    @Test func `a candidate succeeds by what runs in the shadow, and the champion stays known`()
        async throws
    {
        try await withCandidates { candidates in
            let scene = candidates.scene
            try await scene.step(after: .seconds(150))
            let after = try await scene.shore.deployments.find(
                candidates.shadow.id,
                of: scene.shore.tenant
            )
            #expect(after.state == .finished, "\(after.reason)")
            let held = try await scene.shore.texts(
                """
                SELECT kind || ' ' || encode(digest, 'hex') AS value FROM hawser.ship_holdings
                WHERE ship_id = 1 ORDER BY kind
                """
            )
            #expect(held == ["current \(candidates.old)", "shadow \(candidates.new)"])
        }
    }

    @Test func `nothing is promoted without evidence, and then without bytes`() async throws {
        try await withCandidates { candidates in
            let (scene, shore) = (candidates.scene, candidates.scene.shore)
            try await scene.step(after: .seconds(150))
            let early = await #expect(throws: DomainError.self) {
                try await shore.deployments.plan(candidates.request(), shore.planner())
            }
            #expect(early?.message.contains("100 have to be") == true, "\(early?.message ?? "")")
            try await candidates.agree(1, 80, 20)
            let bad = await #expect(throws: DomainError.self) {
                try await shore.deployments.plan(candidates.request(), shore.planner())
            }
            #expect(bad?.message.contains("80 of 100") == true, "\(bad?.message ?? "")")
            // The day's rest is told later, and counts with it.
            try await candidates.agree(1, 1000, 0)
            let made = try await shore.deployments.plan(candidates.request(), shore.planner())
            #expect(made.plan.totals.ships == 2 && made.plan.totals.bytes == 0)
            #expect(made.plan.totals.methods == ["held": 2])
            #expect(made.plan.warnings.contains { $0.contains("s002") }, "\(made.plan.warnings)")
            _ = try await shore.deployments.start(made.id, shore.planner())
            try await scene.step(after: .seconds(160))
            let orders = try await scene.contact(1, taken: 3, holding: candidates.holdings)
            guard case .install(let installation)? = orders.last?.order else {
                Issue.record("\(orders)")
                return
            }
            #expect(installation.mode == .promotion && installation.replaces == candidates.old)
            // Each ship on its own evidence.
            let others = try await scene.contact(2, taken: 3, holding: candidates.holdings)
            #expect(others.isEmpty)
            let reason = try await scene.reason("s002", in: made)
            #expect(reason == "0 values were compared, 100 have to be")
            try await candidates.agree(2, 200, 0)
            let late = try await scene.contact(2, taken: 3, holding: candidates.holdings)
            #expect(late.count == 1)
            let counter = try #require(orders.last?.counter)
            try await scene.tell(
                1,
                [.soaking, .succeeded],
                of: made,
                by: counter,
                running: candidates.new
            )
            #expect(try await scene.states(made)["s001"] == "succeeded")
            let held = try await shore.texts(
                """
                SELECT kind AS value FROM hawser.ship_holdings
                WHERE ship_id = 1 AND digest = decode('\(candidates.new)', 'hex')
                """
            )
            #expect(held == ["current"])
        }
    }

    @Test func `what does not run in the shadow can't be promoted`() async throws {
        try await withCandidates { candidates in
            let (scene, shore) = (candidates.scene, candidates.scene.shore)
            try await candidates.agree(1, 500, 0)
            try await candidates.agree(2, 500, 0)
            let others = ["targets": JSONValue.object(["ships": .array([.string("s003")])])]
            let error = await #expect(throws: DomainError.self) {
                try await shore.deployments.plan(
                    candidates.request("other", others),
                    shore.planner()
                )
            }
            #expect(error?.message.contains("1 ships do not run it in the shadow: s003") == true)
            // It may leave the shadow after the plan.
            let made = try await shore.deployments.plan(candidates.request(), shore.planner())
            _ = try await shore.deployments.start(made.id, shore.planner())
            try await scene.step(after: .seconds(160))
            let orders = try await scene.contact(
                1,
                taken: 3,
                holding: [candidates.holdings[0]]
            )
            #expect(orders.isEmpty)
            #expect(try await scene.states(made)["s001"] == "inconclusive")
        }
    }

    @Test func `agreement is of promotions, and within its bounds`() throws {
        let agreement: JSONValue = .object(["share": .decimal(0.9)])
        #expect(throws: DomainError.self) { try DeployShore.request(["agreement": agreement]) }
        #expect(throws: DomainError.self) {
            try DeployShore.request([
                "mode": .string("promotion"), "agreement": .object(["share": .decimal(1.5)]),
            ])
        }
        let request = try DeployShore.request([
            "mode": .string("promotion"), "agreement": agreement,
        ])
        #expect(request.isPromotion && request.agreement?.share == 0.9)
    }
}
