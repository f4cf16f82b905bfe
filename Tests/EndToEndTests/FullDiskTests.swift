import FleetTestSupport
import Foundation
import Testing

/// Ships whose disk is full. Needs a small file system of its own, which only root can mount.
@Suite(
    .timeLimit(.minutes(10)),
    .enabled("needs root: a tmpfs is mounted as a small disk") { await SmallDisk.isPossible() }
)
struct FullDiskTests {
    private static let files = ["node", "postgres", "prometheus"].map {
        Fixtures.path("Scrapes15s/scrapes-\($0).jsonl.xz")
    }
    private static let megabyte = 1024 * 1024

    @Test
    func `a full disk aboard stops nothing ashore, loses nothing accepted, and the agent goes on`()
        async throws
    {
        try await Self.withShipOnSmallDisk { shore, folder, link, disk, ship in
            link.setOutage(true)
            try ship.start()
            try await ship.replay([Self.files[0]], instance: "1")
            try disk.fill()
            let replay = try ship.startReplay(Array(Self.files.dropFirst()), instance: "1")
            do {
                try await replay.waitForLine(containing: "is full", timeout: .seconds(240))
                // Somebody else takes the room that the agent had in reserve.
                try disk.fill()
                let accepted = try await ship.status()
                #expect(accepted.isBalanced)
                let produced = accepted.lane("metrics")?.produced ?? 0

                link.setOutage(false)
                try await Self.otherShipIsServed(shore, folder)
                // What was accepted comes ashore though nothing at all can be written aboard.
                try await ShoreTables.with(shore) { tables in
                    try await eventually("what was accepted is ashore", timeout: .seconds(240)) {
                        try await tables.sampleCount(of: ship.identity) == Int64(produced)
                    }
                }
                let full = try await ship.status()
                #expect(full.isBalanced)
                #expect(full.lane("metrics")?.produced == produced)
                #expect(replay.isRunning, "it waits for room")
                #expect(ship.isRunning)

                disk.clear()
                let status = try await replay.waitForExit(timeout: .seconds(240))
                #expect(status == .exited(0), "\(replay.standardError)")
            } catch {
                await replay.end()
                throw EndToEndError("\(error)\n\(ship.log.suffix(3000))")
            }
            await replay.end()
            #expect(ship.isRunning, "the agent went on without a restart")
            try await Self.check(shore, ship, instances: 1)
            try await ship.stop()
        }
    }

    @Test func `a disk that the store itself has filled has room again when the link is back`()
        async throws
    {
        try await Self.withShipOnSmallDisk { shore, folder, link, disk, ship in
            link.setOutage(true)
            try ship.start()
            try disk.fill(leaving: 3 * Self.megabyte)
            var instance = 0
            var waiting: RunningProcess?
            while waiting == nil {
                instance += 1
                try #require(instance < 20, "the disk is never full")
                let replay = try ship.startReplay(Self.files, instance: "\(instance)")
                try await eventually("the replay ends, or waits", timeout: .seconds(240)) {
                    !replay.isRunning || replay.standardError.contains("is full")
                }
                if replay.isRunning { waiting = replay } else { await replay.end() }
            }
            let replay = try #require(waiting)
            #expect(try await ship.status().isBalanced)
            link.setOutage(false)
            let status = try? await replay.waitForExit(timeout: .seconds(240))
            await replay.end()
            #expect(status == .exited(0), "\(replay.standardError) \(ship.log.suffix(3000))")
            try await Self.check(shore, ship, instances: instance)
            try await ship.stop()
        }
    }

    // MARK: The scene

    private static func withShipOnSmallDisk(
        _ body: (Shore, String, LinkEmulator, SmallDisk, ShipAboard) async throws -> Void
    ) async throws {
        try await Shore.with { shore, folder in
            try await shore.command("tenant", "create", "blue")
            try await withLink(upstream: ("127.0.0.1", shore.syncPort)) { link in
                try await SmallDisk.with(at: "\(folder)/disk", bytes: 16 * megabyte) { disk in
                    try await ShipAboard.with(
                        "alpha",
                        of: "blue",
                        at: shore,
                        data: "\(folder)/disk/agent",
                        syncPort: link.port
                    ) { ship in
                        try await body(shore, folder, link, disk, ship)
                    }
                }
            }
        }
    }

    /// A ship with room syncs meanwhile.
    private static func otherShipIsServed(_ shore: Shore, _ folder: String) async throws {
        try await ShipAboard.with(
            "beta",
            of: "blue",
            at: shore,
            data: "\(folder)/beta",
            syncPort: shore.syncPort
        ) { other in
            try other.start()
            let file = Fixtures.path("Scrapes/scrapes-node.jsonl.xz")
            try await other.replay([file], instance: "1")
            let status = try await other.waitUntilDrained(timeout: .seconds(240))
            let expected = try await NaiveScrapes.samples(of: file, instance: "1")
            try await Account.check(shore, other, status, expected: expected)
        }
    }

    private static func check(_ shore: Shore, _ ship: ShipAboard, instances: Int) async throws {
        var expected = SampleTally()
        for instance in 1...instances {
            for file in files {
                expected.add(try await NaiveScrapes.samples(of: file, instance: "\(instance)"))
            }
        }
        let status = try await ship.waitUntilDrained(timeout: .seconds(240))
        try await Account.check(shore, ship, status, expected: expected)
    }
}
