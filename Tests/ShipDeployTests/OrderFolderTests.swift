import FleetDeploy
import FleetIdentity
import FleetRuntime
import FleetTestSupport
import Glibc
import ShipDeploy
import Testing

/// Orders on a stick.
@Suite(.timeLimit(.minutes(10)))
struct OrderFolderTests {
    @Test func `a stick brings orders, deltas and trees, by the same signatures`() async throws {
        try await withScene { scene in
            let agent = try await scene.trusting()
            let (old, new) = try scene.versions()
            let stick = scene.folder + "/stick"
            for folder in ["", "/deltas", "/trees"] { mkdir(stick + folder, 0o755) }
            try AtomicFile.write(
                try scene.signed(scene.install(old, replaces: nil), 2),
                to: stick + "/2.directive"
            )
            rename(old.root, "\(stick)/trees/\(old.digest)")
            let lines = try await agent.service.apply(folder: stick)
            #expect(lines.map(\.isTaken) == [true, true], "\(lines)")
            try await agent.sail()
            #expect(try await agent.slot().current == old.digest)

            let base = "\(stick)/trees/\(old.digest)"
            rename(base, old.root)
            try AtomicFile.write(
                try scene.signed(scene.install(new, replaces: old), 3),
                to: stick + "/3.directive"
            )
            try AtomicFile.write(
                try new.delta(from: old).bytes,
                to: "\(stick)/deltas/\(new.digest)-\(old.digest).delta"
            )
            let second = try await agent.service.apply(folder: stick)
            // The first order was taken before.
            #expect(second.map(\.isTaken) == [false, true, true], "\(second)")
            try await agent.sail()
            #expect(try await agent.slot().current == new.digest)
        }
    }

    @Test func `a stick says nobody whom to trust`() async throws {
        try await withScene { scene in
            let agent = try scene.start()
            let stick = scene.folder + "/stick"
            mkdir(stick, 0o755)
            try AtomicFile.write(
                try scene.signed(.trust(publicKey: scene.key.publicKey), 1),
                to: stick + "/1.directive"
            )
            let lines = try await agent.service.apply(folder: stick)
            #expect(lines.first?.text.hasPrefix("unknown_key") == true)
            #expect(try await agent.book().counter == 0)
        }
    }

    @Test func `what was changed on the stick does not come aboard`() async throws {
        try await withScene { scene in
            let agent = try await scene.trusting()
            let (old, _) = try scene.versions()
            let stick = scene.folder + "/stick"
            for folder in ["", "/trees"] { mkdir(stick + folder, 0o755) }
            try AtomicFile.write(
                try scene.signed(scene.install(old, replaces: nil), 2),
                to: stick + "/2.directive"
            )
            rename(old.root, "\(stick)/trees/\(old.digest)")
            try AtomicFile.write([9, 9], to: "\(stick)/trees/\(old.digest)/config.json")
            let lines = try await agent.service.apply(folder: stick)
            #expect(lines.map(\.isTaken) == [true, false], "\(lines)")
            try await agent.sail(rounds: 2)
            #expect(try await agent.slot().current == nil)
        }
    }
}
