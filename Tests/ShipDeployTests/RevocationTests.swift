import FleetDeploy
import FleetModel
import FleetProtocol
import ShipDeploy
import Testing

/// An order to stop a version finds it wherever it has come to.
@Suite(.timeLimit(.minutes(10)))
struct RevocationTests {
    /// How far the version has come when the revocation arrives.
    enum Stage: CaseIterable { case downloading, armed, soaking, committed, shadow }

    /// In port only: at sea nothing may change.
    private static let inPort = ActivationRule(navigation: [.inPort])

    @Test(arguments: Stage.allCases, Revocation.Severity.allCases)
    func `a revocation does what its severity says at every stage`(
        _ stage: Stage,
        _ severity: Revocation.Severity
    ) async throws {
        try await withScene { scene in
            let agent = try await scene.trusting()
            let (old, new) = try scene.versions()
            try await agent.take(try scene.signed(scene.install(old, replaces: nil), 2))
            try await agent.sail([try old.delta(from: nil)])
            try await bring(new, over: old, to: stage, scene, agent)
            // The ship has left port since.
            try await FactsKeeper(store: agent.store).take(
                ["navigation=under_way"],
                at: scene.clock.now.wall
            )
            let revocation = Revocation(digest: new.digest, deployment: nil, severity: severity)
            #expect(try await agent.take(try scene.signed(.revoke(revocation), 4)).isTaken)
            try await agent.sail(rounds: 2)
            let isStopped =
                switch stage {
                case .downloading: true
                case .armed: severity >= .doNotActivate
                case .soaking, .committed, .shadow: severity == .rollBackNow
                }
            #expect(try await isRunningOrComing(new, agent) == !isStopped)
            try await FactsKeeper(store: agent.store).take(
                ["navigation=in_port"],
                at: scene.clock.now.wall
            )
            try await agent.sail(rounds: 20)
            let isGone = isStopped || stage != .armed && severity >= .rollBackWhenSafe
            #expect(try await isRunningOrComing(new, agent) == !isGone)
            let slot = try await agent.slot()
            #expect(slot.current == (isGone || stage == .shadow ? old.digest : new.digest))
            #expect(scene.shelf.linked(Scene.slotName, .current) == slot.current)
            #expect(scene.shelf.linked(Scene.slotName, .shadow) == slot.shadow)
            // It holds for what comes later, too.
            let again = scene.install(new, replaces: isGone || stage == .shadow ? old : new)
            #expect(try await agent.take(try scene.signed(again, 9)).refusal == "revoked")
        }
    }

    private func isRunningOrComing(_ version: Artifact, _ agent: Agent) async throws -> Bool {
        let slot = try await agent.slot()
        return slot.current == version.digest || slot.shadow == version.digest
            || slot.task?.digest == version.digest
    }

    private func bring(
        _ new: Artifact,
        over old: Artifact,
        to stage: Stage,
        _ scene: Scene,
        _ agent: Agent
    ) async throws {
        let facts = FactsKeeper(store: agent.store)
        let isInPort = stage != .armed
        try await facts.take(
            ["navigation=\(isInPort ? "in_port" : "under_way")"],
            at: scene.clock.now.wall
        )
        let order = scene.install(
            new,
            replaces: old,
            mode: stage == .shadow ? .shadow : .live,
            activation: Self.inPort,
            contract: AcceptanceContract(soak: 100, deadMan: 3600)
        )
        #expect(try await agent.take(try scene.signed(order, 3)).isTaken)
        switch stage {
        case .downloading: try await agent.sail(rounds: 1)
        case .armed, .soaking: try await agent.sail([try new.delta(from: old)], rounds: 3)
        case .committed, .shadow: try await agent.sail([try new.delta(from: old)])
        }
        let phase = try await agent.slot().task?.phase
        switch stage {
        case .downloading: #expect(phase == .downloading)
        case .armed: #expect(phase == .armed)
        case .soaking: #expect(phase == .soaking)
        case .committed: #expect(try await agent.slot().current == new.digest)
        case .shadow: #expect(try await agent.slot().shadow == new.digest)
        }
    }

    @Test func `a version that fails goes back past one that was revoked`() async throws {
        try await withScene { scene in
            let agent = try await scene.trusting()
            let (first, second) = try scene.versions()
            let third = try Artifact(["x": [3]], at: scene.folder + "/third")
            try await agent.take(try scene.signed(scene.install(first, replaces: nil), 2))
            try await agent.sail([try first.delta(from: nil)])
            try await agent.take(try scene.signed(scene.install(second, replaces: first), 3))
            try await agent.sail([try second.delta(from: first)])
            try await agent.take(try scene.signed(scene.install(third, replaces: second), 4))
            try await agent.sail([try third.delta(from: nil)], rounds: 2)
            #expect(try await agent.slot().task?.phase == .soaking)
            let revocation = Revocation(
                digest: second.digest,
                deployment: nil,
                severity: .rollBackNow
            )
            try await agent.take(try scene.signed(.revoke(revocation), 5))
            let back = Directive.Order.rollBack(
                slot: Scene.slotName,
                deployment: 3,
                digest: third.digest
            )
            #expect(try await agent.take(try scene.signed(back, 6)).isTaken)
            try await agent.sail()
            #expect(try await agent.slot().current == first.digest)
            #expect(scene.shelf.linked(Scene.slotName, .current) == first.digest)
        }
    }

    @Test func `what is forgotten makes room, and what is needed can't be forgotten`() async throws
    {
        try await withScene { scene in
            let agent = try await scene.trusting()
            let (old, new) = try scene.versions()
            try await agent.take(try scene.signed(scene.install(old, replaces: nil), 2))
            try await agent.sail([try old.delta(from: nil)])
            try await agent.take(try scene.signed(scene.install(new, replaces: old), 3))
            try await agent.sail([try new.delta(from: old)])
            #expect(
                try await agent.take(try scene.signed(.forget(new.digest), 4)).refusal == "busy"
            )
            #expect(try await agent.take(try scene.signed(.forget(old.digest), 5)).isTaken)
            try await scene.start().sail(rounds: 1)
            #expect(!scene.shelf.holds(old.digest))
            #expect(scene.shelf.holds(new.digest))
        }
    }
}
