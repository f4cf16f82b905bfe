import FleetDeploy
import FleetProtocol
import FleetTestSupport
import ShipDeploy
import Testing

/// Deployments on a disk without room. Needs a small file system of its own, which only root can mount.
@Suite(
    .timeLimit(.minutes(10)),
    .enabled("needs root: a tmpfs is mounted as a small disk") { await SmallDisk.isPossible() }
)
struct FullDiskTests {
    private static let megabyte = 1 << 20

    private static func withSmallDisk(
        _ body: (Scene, SmallDisk, Agent, Artifact) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { folder in
            try await SmallDisk.with(at: folder + "/disk", bytes: 24 * megabyte) { disk in
                let scene = Scene(disk.path)
                let agent = try await scene.trusting()
                let old = try Artifact(["a": [1, 2, 3]], at: folder + "/old")
                try await agent.take(try scene.signed(scene.install(old, replaces: nil), 2))
                try await agent.sail([try old.delta(from: nil)])
                try #require(try await agent.slot().current == old.digest)
                try await body(scene, disk, agent, old)
            }
        }
    }

    @Test func `a version that finds the disk full after all leaves the old one running`()
        async throws
    {
        try await Self.withSmallDisk { scene, disk, agent, old in
            let content = [UInt8](repeating: 7, count: 8 * Self.megabyte)
            try await withTemporaryDirectory { elsewhere in
                let large = try Artifact(["a": content], at: elsewhere + "/large")
                let order = try scene.signed(scene.install(large, replaces: old), 3)
                let answer = try await agent.take(order)
                #expect(answer.isTaken)
                let cargo = try large.delta(from: nil)
                try await agent.desk.offered(cargo.offer)
                try await agent.fetch([cargo])
                // Somebody else takes the room between the download and the building.
                try disk.fill()
                try await agent.sail(rounds: 2)
                let last = try #require(try await agent.outcomes().last)
                #expect(last.state == .failedNoChange)
                #expect(last.reason.contains("is full"), "\(last.reason)")
                #expect(scene.shelf.linked(Scene.slotName, .current) == old.digest)
                #expect(TemporaryDirectory.names(in: scene.shelf.directory + "/staging").isEmpty)
            }
        }
    }

    @Test func `the way back needs no room`() async throws {
        try await Self.withSmallDisk { scene, disk, agent, old in
            try await withTemporaryDirectory { elsewhere in
                let new = try Artifact(["a": [4, 5, 6]], at: elsewhere + "/new")
                let contract = AcceptanceContract(soak: 300, deadMan: 600)
                let order = scene.install(new, replaces: old, contract: contract)
                let answer = try await agent.take(try scene.signed(order, 3))
                #expect(answer.isTaken)
                try await agent.sail([try new.delta(from: old)], rounds: 3)
                #expect(try await agent.slot().task?.phase == .soaking)
                try disk.fill()
                let revocation = Revocation(
                    digest: new.digest,
                    deployment: nil,
                    severity: .rollBackNow
                )
                let stop = try await agent.take(try scene.signed(.revoke(revocation), 4))
                #expect(stop.isTaken)
                try await agent.sail(rounds: 2)
                #expect(try await agent.states().last == .failedRolledBack)
                #expect(scene.shelf.linked(Scene.slotName, .current) == old.digest)
            }
        }
    }
}
