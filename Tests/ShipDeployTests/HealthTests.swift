import FleetDeploy
import FleetModel
import FleetRuntime
import FleetTestSupport
import Glibc
import FleetProtocol
import ShipDeploy
import ShipStore
import Testing

/// How a ship judges what it activated, and finds its way back.
@Suite(.timeLimit(.minutes(10)))
struct HealthTests {
    private static let never = ["never": ["/bin/false"]]

    /// A ship with the first version running, and the second on its way under a contract.
    private static func withChange(
        probes: [String: [String]] = [:],
        consumer: SlotConfiguration.Consumer = .none,
        contract: AcceptanceContract,
        _ body: (Scene, Agent, Artifact, Artifact) async throws -> Void
    ) async throws {
        try await withScene(probes: probes, consumer: consumer) { scene in
            let agent = try await scene.trusting()
            let (old, new) = try scene.versions()
            try await agent.take(try scene.signed(scene.install(old, replaces: nil), 2))
            try await agent.sail([try old.delta(from: nil)])
            try #require(try await agent.slot().current == old.digest)
            let order = scene.install(new, replaces: old, contract: contract)
            #expect(try await agent.take(try scene.signed(order, 3)).isTaken)
            try await agent.desk.offered(try new.delta(from: old).offer)
            try await agent.fetch([try new.delta(from: old)])
            try await body(scene, agent, old, new)
        }
    }

    @Test func `every step of a good version is told once, in order`() async throws {
        try await Self.withChange(contract: AcceptanceContract(soak: 30, deadMan: 600)) {
            scene,
            agent,
            old,
            new in
            try await agent.sail()
            let told = try await agent.outcomes().filter { $0.activation == 3 }
            #expect(
                told.map(\.state)
                    == [.downloading, .staged, .armed, .activating, .soaking, .succeeded]
            )
            #expect(
                told.map(\.running) == Array(repeating: old.digest, count: 4) + [
                    new.digest, new.digest,
                ]
            )
        }
    }

    @Test func `a version that is not proven when its time is over goes back`() async throws {
        let contract = AcceptanceContract(
            probes: [Probe(.command("never"), interval: 30, failures: 1000)],
            soak: 30,
            deadMan: 120
        )
        try await Self.withChange(probes: Self.never, contract: contract) { _, agent, old, _ in
            try await agent.sail()
            #expect(try await agent.slot().current == old.digest)
            #expect(try await agent.states().last == .failedRolledBack)
        }
    }

    @Test func `the dead-man time counts while the agent does not run`() async throws {
        let contract = AcceptanceContract(
            probes: [Probe(.command("never"), interval: 30, failures: 1000)],
            soak: 30,
            deadMan: 3600
        )
        try await Self.withChange(probes: Self.never, contract: contract) { scene, agent, old, _ in
            try await agent.sail(rounds: 3)
            #expect(try await agent.slot().task?.phase == .soaking)
            scene.clock.pass(3600)
            let next = try scene.start()
            try await next.sail(rounds: 1)
            #expect(try await next.slot().current == old.digest)
            #expect(scene.shelf.linked(Scene.slotName, .current) == old.digest)
        }
    }

    @Test func `a clock that is set ahead takes no version back`() async throws {
        let contract = AcceptanceContract(soak: 60, deadMan: 600)
        try await Self.withChange(contract: contract) { scene, agent, _, new in
            try await agent.sail(rounds: 2)
            scene.clock.set(by: 400 * 86_400)
            try await agent.sail()
            #expect(try await agent.slot().current == new.digest)
            #expect(try await agent.states().last == .succeeded)
        }
    }

    @Test func `a clock that is ahead after a restart leaves the version its chance`() async throws
    {
        let contract = AcceptanceContract(soak: 60, deadMan: 600)
        try await Self.withChange(contract: contract) { scene, agent, _, new in
            try await agent.sail(rounds: 2)
            scene.clock.restart(after: 400 * 86_400, as: "second")
            let next = try scene.start()
            try await next.sail()
            #expect(try await next.slot().current == new.digest)
            #expect(try await next.states().last == .succeeded)
        }
    }

    @Test func `a clock that goes back with every restart stretches no time for ever`() async throws
    {
        let contract = AcceptanceContract(
            probes: [Probe(.command("never"), interval: 1, failures: 1000)],
            soak: 60,
            deadMan: 600
        )
        try await Self.withChange(probes: Self.never, contract: contract) { scene, agent, old, _ in
            try await agent.sail(rounds: 2)
            for number in 0..<16 {
                scene.clock.restart(after: -86_400, as: "start \(number)")
                try await scene.start().sail(rounds: 10)
            }
            #expect(try await agent.slot().current == old.digest)
        }
    }

    @Test(arguments: [AcceptanceContract.AtExpiry.stay, .ask])
    func `a version may stay though nothing has proven it`(
        _ end: AcceptanceContract.AtExpiry
    )
        async throws
    {
        let contract = AcceptanceContract(
            probes: [Probe(.command("never"), interval: 30, failures: 1000)],
            soak: 30,
            deadMan: 120,
            atExpiry: end
        )
        try await Self.withChange(probes: Self.never, contract: contract) { _, agent, _, new in
            try await agent.sail()
            #expect(try await agent.slot().current == new.digest)
            let last = try #require(try await agent.outcomes().last)
            #expect(last.state == (end == .stay ? .failedUnable : .soaking))
            // It asks once.
            #expect(
                try await agent.states().filter { $0 == .soaking }.count == (end == .stay ? 2 : 3)
            )
        }
    }

    @Test func `a consumer that refuses a version sends it back`() async throws {
        let refuses = ["/bin/sh", "-c", "test ! -e $HAWSER_LINK/new"]
        try await Self.withChange(
            consumer: .command(refuses),
            contract: AcceptanceContract(soak: 30, deadMan: 600)
        ) { scene, agent, old, _ in
            try await agent.sail()
            #expect(scene.shelf.linked(Scene.slotName, .current) == old.digest)
            let last = try #require(try await agent.outcomes().last)
            #expect(last.state == .failedRolledBack)
            #expect(last.reason.contains("exited with 1"))
        }
    }

    @Test func `a way back that fails is told for what it is`() async throws {
        // The first version can be told once: from then on nothing can.
        let once = ["/bin/sh", "-c", "mkdir \"${HAWSER_LINK%/slots/*}/told\""]
        try await Self.withChange(
            consumer: .command(once),
            contract: AcceptanceContract(soak: 30, deadMan: 600)
        ) { scene, agent, old, _ in
            try await agent.sail()
            let last = try #require(try await agent.outcomes().last)
            #expect(last.state == .failedNotRolledBack)
            #expect(last.running == old.digest, "the link is back, and says so")
            #expect(try await agent.slot().task == nil)
        }
    }

    @Test func `a probe that nobody answers is not fine`() async throws {
        let contract = AcceptanceContract(
            probes: [Probe(.http(port: 1, path: "/health"), interval: 5, failures: 2)],
            soak: 30,
            deadMan: 600
        )
        try await Self.withChange(contract: contract) { _, agent, old, _ in
            try await agent.sail()
            #expect(try await agent.slot().current == old.digest)
            #expect(try await agent.outcomes().last?.reason.contains("port 1") == true)
        }
    }

    @Test(arguments: [3.0, 8.0])
    func `a metric decides by its last value`(_ value: Double) async throws {
        let contract = AcceptanceContract(
            probes: [
                Probe(
                    .metric(selector: "latency{job=\"model\"}", .below, 5),
                    interval: 10,
                    failures: 2
                )
            ],
            soak: 20,
            deadMan: 600
        )
        try await Self.withChange(contract: contract) { scene, agent, old, new in
            for _ in 0..<12 {
                let at = scene.clock.now.wall
                try await agent.store.write { writer in
                    let labels = LabelSet(name: "latency", ["job": "model", "place": "bridge"])
                    let numbers = try writer.resolve([(labels, .gauge)])
                    try writer.accept(
                        [SampleBatch(group: 0, at: at, numbers: numbers, values: [value])],
                        at: at
                    )
                }
                try await agent.sail(rounds: 1)
            }
            #expect(try await agent.slot().current == (value < 5 ? new.digest : old.digest))
            #expect(try await agent.slot().task == nil)
        }
    }

    @Test func `a metric that nobody has seen is not fine`() async throws {
        let contract = AcceptanceContract(
            probes: [Probe(.metric(selector: "latency", .below, 5), interval: 5, failures: 2)],
            soak: 30,
            deadMan: 600
        )
        try await Self.withChange(contract: contract) { _, agent, old, _ in
            try await agent.sail()
            #expect(try await agent.slot().current == old.digest)
        }
    }
}
