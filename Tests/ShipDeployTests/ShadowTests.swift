import FleetDeploy
import FleetModel
import FleetProtocol
import FleetSeries
import FleetTestSupport
import ShipDeploy
import ShipStore
import Testing

/// A candidate beside the champion.
@Suite(.timeLimit(.minutes(10)))
struct ShadowTests {
    /// A ship whose slot runs the first version, with the second in its shadow.
    private func withCandidate(
        _ body: (Scene, Agent, _ old: Artifact, _ new: Artifact) async throws -> Void
    ) async throws {
        try await withScene { scene in
            let agent = try await scene.trusting()
            let (old, new) = try scene.versions()
            try await agent.take(try scene.signed(scene.install(old, replaces: nil), 2))
            try await agent.sail([try old.delta(from: nil)])
            try await agent.take(
                try scene.signed(scene.install(new, replaces: old, mode: .shadow), 3)
            )
            try await agent.sail([try new.delta(from: old)])
            #expect(try await agent.slot().shadow == new.digest)
            try await body(scene, agent, old, new)
        }
    }

    @Test func `a candidate runs in the shadow, and its promotion needs no bytes`() async throws {
        try await withCandidate { scene, agent, old, new in
            #expect(scene.shelf.linked(Scene.slotName, .shadow) == new.digest)
            #expect(scene.shelf.linked(Scene.slotName, .current) == old.digest)
            let promotion = scene.install(
                new,
                replaces: old,
                mode: .promotion,
                contract: AcceptanceContract(soak: 10, deadMan: 60)
            )
            #expect(try await agent.take(try scene.signed(promotion, 4)).refusal == "")
            try await agent.sail()
            #expect(scene.shelf.linked(Scene.slotName, .current) == new.digest)
            #expect(try await agent.slot().shadow == nil)
            let told = try await agent.outcomes().filter { $0.activation == 4 }
            #expect(told.map(\.state) == [.staged, .armed, .activating, .soaking, .succeeded])
            #expect(told.last?.running == new.digest)
            try await scene.start().sail(rounds: 1)
            #expect(scene.shelf.linked(Scene.slotName, .shadow) == nil)
        }
    }

    @Test func `what a candidate's order tells is of the shadow`() async throws {
        try await withCandidate { _, agent, _, new in
            let told = try await agent.outcomes().filter { $0.activation == 3 }
            #expect(told.last?.state == .succeeded)
            #expect(told.last?.running == new.digest)
            #expect(told.first { $0.state == .activating }?.running == nil)
        }
    }

    @Test func `a promotion waits for the place that its rule names`() async throws {
        try await withCandidate { scene, agent, old, new in
            let facts = FactsKeeper(store: agent.store)
            try await facts.take(["navigation=under_way"], at: scene.clock.now.wall)
            let promotion = scene.install(
                new,
                replaces: old,
                mode: .promotion,
                activation: ActivationRule(navigation: [.inPort])
            )
            #expect(try await agent.take(try scene.signed(promotion, 4)).isTaken)
            try await agent.sail(rounds: 5)
            #expect(try await agent.slot().task?.phase == .armed)
            #expect(try await agent.slot().current == old.digest)
            try await facts.take(["navigation=in_port"], at: scene.clock.now.wall)
            try await agent.sail()
            #expect(try await agent.slot().current == new.digest)
        }
    }

    @Test func `nothing is promoted but what runs in the shadow`() async throws {
        try await withCandidate { scene, agent, old, _ in
            let third = try Artifact(["x": [3]], at: scene.folder + "/third")
            let order = scene.install(third, replaces: old, mode: .promotion)
            #expect(try await agent.take(try scene.signed(order, 4)).refusal == "not_held")
            #expect(try await agent.slot().current == old.digest)
        }
    }

    @Test func `a candidate that the shore orders back leaves the shadow`() async throws {
        try await withCandidate { scene, agent, old, new in
            let back = Directive.Order.rollBack(
                slot: Scene.slotName,
                deployment: 3,
                digest: new.digest
            )
            #expect(try await agent.take(try scene.signed(back, 4)).isTaken)
            try await agent.sail()
            #expect(try await agent.slot().shadow == nil)
            #expect(scene.shelf.linked(Scene.slotName, .shadow) == nil)
            #expect(try await agent.slot().current == old.digest)
        }
    }

    @Test func `agreement is counted over the same moments, and a day is told once`() async throws {
        let comparison = SlotConfiguration.Comparison(
            champion: try #require(MetricSelector("score{run=\"champion\"}")),
            candidate: try #require(MetricSelector("score{run=\"candidate\"}")),
            tolerance: 0.5
        )
        try await withScene(comparisons: [comparison]) { scene in
            let agent = try await scene.trusting()
            let (old, new) = try scene.versions()
            try await agent.take(try scene.signed(scene.install(old, replaces: nil), 2))
            try await agent.sail([try old.delta(from: nil)])
            try await agent.take(
                try scene.signed(scene.install(new, replaces: old, mode: .shadow), 3)
            )
            try await agent.sail([try new.delta(from: old)])
            let comparer = ShadowComparer(
                SlotConfiguration(name: Scene.slotName, comparisons: [comparison]),
                store: agent.store,
                clock: scene.clock.clock
            )
            let labels = ["champion", "candidate"].map { LabelSet(name: "score", ["run": $0]) }
            let numbers = try await agent.store.write { writer in
                try writer.resolve(labels.map { ($0, .gauge) })
            }
            let start = scene.clock.now.wall
            try await comparer.tend(at: start)
            // Ten moments: the candidate is off by 0.1 a moment more; one has no champion's value.
            for step in 0..<10 {
                let at = start + .seconds(Int64(step))
                if step != 9 {
                    await comparer.take(numbers[0], SeriesWatch.Value(at: at, value: 1))
                }
                await comparer.take(
                    numbers[1],
                    SeriesWatch.Value(at: at, value: 1 + 0.1 * Double(step))
                )
            }
            try await comparer.tend(at: start + .seconds(60))
            try await comparer.tend(at: start + .seconds(86_400))
            try await comparer.tend(at: start + .seconds(86_500))
            let events = try await agent.events().filter { $0.kind == Agreement.eventKind }
            try #require(events.count == 1)
            let words = events[0].message.split(separator: " ")
            #expect(words[0] == "engine")
            #expect(words[1] == new.digest.description)
            #expect(words[3] == "6")
            #expect(words[4] == "3")
            #expect(abs((Double(words[5]) ?? 0) - 3.6) < 1e-9)
            #expect(abs((Double(words[6]) ?? 0) - 0.8) < 1e-9)
        }
    }
}
