import FleetDeploy
import FleetRuntime
import FleetTestSupport
import ShipDeploy
import Testing

/// The power goes after every step in turn; the next start ends in one known state.
@Suite(.timeLimit(.minutes(10)))
struct PowerCutTests {
    private enum End: CaseIterable { case good, bad }

    @Test func `wherever the power goes, a good version ends running and is told once`()
        async throws
    {
        try await cutEverywhere(.good)
    }

    @Test func `wherever the power goes, a version that fails its probe ends with the old one`()
        async throws
    {
        try await cutEverywhere(.bad)
    }

    private func cutEverywhere(_ end: End) async throws {
        var cut = 0
        while true {
            var hasBlown = false
            // The probe is fine with the old version, and with the new one unless that is bad.
            let probe = [
                "/bin/sh", "-c",
                "test \"$HAWSER_DIGEST\" != \"$(cat ${HAWSER_LINK%/slots/*}/bad)\"",
            ]
            try await withScene(probes: ["works": probe]) { scene in
                let (old, new) = try scene.versions()
                try await prepare(scene, old)
                try AtomicFile.write(
                    text: end == .bad ? new.digest.description : "none",
                    to: scene.shelf.directory + "/bad"
                )
                let fuse = Fuse(at: cut)
                let cargo = try new.delta(from: old)
                let contract = AcceptanceContract(
                    probes: [Probe(.command("works"), interval: 5, failures: 2)],
                    soak: 30,
                    deadMan: 3600
                )
                let order = try scene.signed(
                    scene.install(new, replaces: old, contract: contract),
                    3
                )
                do {
                    let agent = try scene.start(passed: fuse.passed)
                    try await agent.take(order)
                    try await agent.sail([cargo])
                } catch is Scene.PowerCut {
                    // As a power cut does.
                }
                hasBlown = fuse.hasBlown
                let next = try scene.start()
                // The shore sends again what was not answered: it is refused if it was taken.
                _ = try await next.take(order)
                try await next.sail([cargo])
                let outcomes = try await next.outcomes().filter { $0.activation == 3 }
                let running = end == .good ? new.digest : old.digest
                let final: ShipDeploymentState = end == .good ? .succeeded : .failedRolledBack
                #expect(try await next.slot().current == running, "cut \(cut)")
                #expect(scene.shelf.linked(Scene.slotName, .current) == running)
                #expect(try await next.slot().previous == (end == .good ? old.digest : nil))
                #expect(outcomes.filter(\.state.isFinal).map(\.state) == [final], "cut \(cut)")
                #expect(try await next.slot().task == nil, "cut \(cut)")
                try await isTidy(scene, next, cut)
            }
            cut += 1
            if !hasBlown { break }
        }
        print("cut at \(cut - 1) places")
        #expect(cut > 8)
    }

    private func prepare(_ scene: Scene, _ old: Artifact) async throws {
        let agent = try await scene.trusting()
        try await agent.take(try scene.signed(scene.install(old, replaces: nil), 2))
        try await agent.sail([try old.delta(from: nil)])
        #expect(try await agent.slot().current == old.digest)
    }

    /// Nothing is left behind that nobody needs, and everything that is needed is whole.
    private func isTidy(_ scene: Scene, _ agent: Agent, _ cut: Int) async throws {
        let shelf = scene.shelf
        let needed = try await agent.book().needed
        let trees = TemporaryDirectory.names(in: shelf.directory + "/trees")
        #expect(Set(trees) == Set(needed.map(\.description)), "cut \(cut)")
        for tree in needed { #expect(shelf.verify(tree), "cut \(cut)") }
        #expect(TemporaryDirectory.names(in: shelf.directory + "/downloads").isEmpty)
        #expect(TemporaryDirectory.names(in: shelf.directory + "/staging").isEmpty)
    }
}
