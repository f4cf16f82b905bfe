import FleetDeploy
import FleetIdentity
import FleetModel
import FleetRuntime
import FleetProtocol
import ShipDeploy
import Testing

/// Which orders a ship takes, and what it answers to the others.
@Suite(.timeLimit(.minutes(10)))
struct OrderTests {
    /// A ship with the first of two versions running.
    private static func withShip(
        probes: [String: [String]] = [:],
        _ body: (Scene, Agent, Artifact, Artifact) async throws -> Void
    ) async throws {
        try await withScene(probes: probes) { scene in
            let agent = try await scene.trusting()
            let (old, new) = try scene.versions()
            try await agent.take(try scene.signed(scene.install(old, replaces: nil), 2))
            try await agent.sail([try old.delta(from: nil)])
            #expect(try await agent.slot().current == old.digest)
            try await body(scene, agent, old, new)
        }
    }

    @Test func `an order by a key that the ship does not trust is refused`() async throws {
        try await Self.withShip { scene, agent, old, new in
            let order = scene.install(new, replaces: old)
            let stranger = DirectiveKey()
            let answer = try await agent.take(try scene.signed(order, 3, by: stranger))
            #expect(answer.refusal == "unknown_key")
            // A key that nobody trusted can't bring itself in either.
            let trust = Directive.Order.trust(publicKey: stranger.publicKey)
            let second = try await agent.take(try scene.signed(trust, 3, by: stranger))
            #expect(second.refusal == "unknown_key")
            #expect(try await agent.book().counter == 2)
        }
    }

    @Test func `an order that was changed on its way is refused`() async throws {
        try await Self.withShip { scene, agent, old, new in
            let bytes = try scene.signed(scene.install(new, replaces: old), 3)
            for place in stride(from: 0, to: bytes.count, by: 7) {
                var damaged = bytes
                damaged[place] ^= 1
                let answer = try await agent.take(damaged)
                #expect(!answer.isTaken, "byte \(place)")
            }
            #expect(try await agent.slot().task == nil)
            #expect(try await agent.book().counter == 2)
        }
    }

    @Test func `an order that came before, or is older, is refused`() async throws {
        try await Self.withShip { scene, agent, old, new in
            let first = try scene.signed(scene.install(new, replaces: old), 5)
            #expect(try await agent.take(first).isTaken)
            #expect(try await agent.take(first).refusal == "replayed")
            let older = try scene.signed(.forget(new.digest), 4)
            #expect(try await agent.take(older).refusal == "replayed")
        }
    }

    @Test func `a counter that was taken stays taken over a restart`() async throws {
        try await Self.withShip { scene, agent, old, new in
            let order = try scene.signed(scene.install(new, replaces: old), 5)
            #expect(try await agent.take(order).isTaken)
            #expect(try await scene.start().take(order).refusal == "replayed")
        }
    }

    @Test func `another ship's order is refused`() async throws {
        try await Self.withShip { scene, agent, old, new in
            let other = ShipIdentity(tenant: TenantID(7), ship: ShipID(43))
            let order = try scene.signed(scene.install(new, replaces: old), 3, for: other)
            #expect(try await agent.take(order).refusal == "other_ship")
        }
    }

    @Test func `a shore that takes another version to be running brings nobody back`() async throws
    {
        try await Self.withShip { scene, agent, old, new in
            // As one that was restored from before the first installation would order.
            let order = try scene.signed(scene.install(new, replaces: nil), 3)
            #expect(try await agent.take(order).refusal == "other_version")
            #expect(try await agent.states().last == .refused)
            #expect(try await agent.outcomes().last?.running == old.digest)
        }
    }

    @Test func `what is not configured aboard is refused with its name`() async throws {
        try await Self.withShip { scene, agent, old, new in
            func refusal(_ question: Probe.Question, _ counter: UInt64) async throws -> String {
                let contract = AcceptanceContract(probes: [Probe(question)], soak: 1, deadMan: 60)
                let order = scene.install(new, replaces: old, contract: contract)
                return try await agent.take(try scene.signed(order, counter)).refusal
            }
            #expect(try await refusal(.command("rm"), 3) == "no_such_probe")
            #expect(try await refusal(.anomalies(atMost: 5), 4) == "no_such_probe")
            #expect(try await refusal(.metric(selector: "a{", .below, 1), 5) == "no_such_probe")
            #expect(try await refusal(.http(port: 80, path: "/a\r\nX: y"), 6) == "malformed")
            let elsewhere = Directive.Order.install(
                Installation(
                    slot: try #require(SlotName("elsewhere")),
                    deployment: 1,
                    digest: new.digest,
                    size: new.size,
                    replaces: nil
                )
            )
            let answer = try await agent.take(try scene.signed(elsewhere, 7))
            #expect(answer.refusal == "no_such_slot")
            #expect(answer.reason.contains("elsewhere"))
        }
    }

    @Test func `a version that finds no room is refused before a byte of it is fetched`()
        async throws
    {
        try await Self.withShip { scene, agent, old, new in
            let order = Directive.Order.install(
                Installation(
                    slot: Scene.slotName,
                    deployment: 3,
                    digest: new.digest,
                    size: 1 << 60,
                    replaces: old.digest
                )
            )
            let answer = try await agent.take(try scene.signed(order, 3))
            #expect(answer.refusal == "no_space")
        }
    }

    @Test func `keys change hands, and the last one can't be taken away`() async throws {
        try await Self.withShip { scene, agent, old, new in
            let next = DirectiveKey()
            let only = Directive.Order.distrust(keyID: DirectiveKey.id(of: scene.key.publicKey))
            #expect(try await agent.take(try scene.signed(only, 3)).refusal == "unknown_key")
            let trust = Directive.Order.trust(publicKey: next.publicKey)
            #expect(try await agent.take(try scene.signed(trust, 4)).isTaken)
            #expect(try await agent.take(try scene.signed(only, 5, by: next)).isTaken)
            let late = try scene.signed(scene.install(new, replaces: old), 6)
            #expect(try await agent.take(late).refusal == "unknown_key")
        }
    }

    @Test func `a newer order takes the place of one that has changed nothing yet`() async throws {
        try await Self.withShip { scene, agent, old, new in
            try await agent.take(try scene.signed(scene.install(new, replaces: old), 3))
            let other = try Artifact(["x": [1, 2, 3]], at: scene.folder + "/other")
            try await agent.take(try scene.signed(scene.install(other, replaces: old), 4))
            #expect(try await agent.states().last == .superseded)
            try await agent.sail([try other.delta(from: nil)])
            #expect(try await agent.slot().current == other.digest)
        }
    }

    @Test func `an order that is too old ends without having changed anything`() async throws {
        try await Self.withShip { scene, agent, old, new in
            let until = scene.clock.now.wall + .seconds(100)
            let order = try scene.signed(scene.install(new, replaces: old), 3, notAfter: until)
            #expect(try await agent.take(order).isTaken)
            scene.clock.pass(101)
            try await agent.sail(rounds: 2)
            #expect(try await agent.states().last == .failedNoChange)
        }
    }

    @Test func `an order ends after so many connections`() async throws {
        try await Self.withShip { scene, agent, old, new in
            let order = scene.install(new, replaces: old, contacts: 2)
            try await agent.take(try scene.signed(order, 3))
            for _ in 0..<2 {
                try await agent.desk.contacted()
                try await agent.service.turn()
            }
            #expect(try await agent.slot().task != nil)
            try await agent.desk.contacted()
            try await agent.service.turn()
            #expect(try await agent.states().last == .failedNoChange)
        }
    }
}
