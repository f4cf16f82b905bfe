import FleetModel
import FleetTestSupport
import Foundation
import Glibc
import Testing

/// Ship and shore that do not mean the same bytes any more: they find out, and mend it.
@Suite(.timeLimit(.minutes(10))) struct MendingTests {
    private func withShip(
        settings: String = "",
        _ body: (Shore, ShipAboard, _ folder: String) async throws -> Void
    ) async throws {
        try await Shore.with { shore, folder in
            try await shore.command("tenant", "create", "blue")
            try await ShipAboard.with(
                "alpha",
                of: "blue",
                at: shore,
                data: "\(folder)/alpha",
                syncPort: shore.syncPort,
                settings: settings
            ) { try await body(shore, $0, folder) }
        }
    }

    /// Takes the shore's database back to what it was; the ship's agent runs all the while.
    private func restore(_ shore: Shore, from backup: String) async throws {
        try await shore.stop()
        try await Folder.remove("\(shore.data)/postgres")
        try await Folder.copy(backup, to: "\(shore.data)/postgres")
        try await shore.start()
    }

    private func backUp(_ shore: Shore, to backup: String) async throws {
        try await shore.stop()
        try await Folder.copy("\(shore.data)/postgres", to: backup)
        try await shore.start()
    }

    /// Waits until a session has opened since the last restart, and everything is ashore.
    private func drain(_ ship: ShipAboard) async throws {
        try await eventually("the ship is connected") {
            try await ship.status().link.state == "connected"
        }
        _ = try await ship.waitUntilDrained()
    }

    @Test func `a shore that was restored from a backup is sent again what it lost`() async throws {
        let seed = SeededGenerator.seed(name: "restored shore")
        try await withShip { shore, ship, folder in
            var ballast = try Ballast(ship, seed: seed)
            try ship.start()
            try await ballast.add(bytes: 200_000)
            try await drain(ship)
            try await backUp(shore, to: "\(folder)/backup")
            try await ballast.add(bytes: 300_000)
            try await drain(ship)
            try await restore(shore, from: "\(folder)/backup")
            try await ballast.add(bytes: 100_000)
            try await ShoreTables.with(shore) { tables in
                try await eventually("all is ashore again", timeout: .seconds(240)) {
                    try await tables.sampleCount(of: ship.identity) == Int64(ballast.samples)
                }
                _ = try await ship.waitUntilDrained()
                let kinds = try await tables.eventKinds(of: ship.identity)
                #expect(kinds.contains("shore_fell_back"), "\(kinds)")
                let account = try await tables.sampleAccount(of: ship.identity)
                #expect(account.epochs == 1)
                #expect(account.stored == Int64(ballast.samples))
                #expect(account.lost == 0)
            }
        }
    }

    @Test func `what a restored shore lost and no ship holds is named, and the account adds up`()
        async throws
    {
        let seed = SeededGenerator.seed(name: "restored shore, nothing kept")
        try await withShip(settings: "keep_acknowledged: 0B") { shore, ship, folder in
            var ballast = try Ballast(ship, seed: seed, keptBytes: 0)
            try ship.start()
            try await ballast.add(bytes: 200_000)
            try await drain(ship)
            try await backUp(shore, to: "\(folder)/backup")
            let before = ballast.samples
            // More segments than what waits can be predicted from.
            try await ballast.add(bytes: 1_200_000, batchesPerSegment: 1)
            try await drain(ship)
            let gone = ballast.samples - before
            try await restore(shore, from: "\(folder)/backup")
            try await ballast.add(bytes: 100_000)
            let produced = Int64(ballast.samples)
            try await ShoreTables.with(shore) { tables in
                // Only what it takes to read what waits is kept: all of that comes.
                try await eventually("what the ship can read is ashore", timeout: .seconds(240)) {
                    let account = try await tables.sampleAccount(of: ship.identity)
                    return account.epochs == 2 && account.stored == produced - account.lost
                }
                _ = try await ship.waitUntilDrained()
                let account = try await tables.sampleAccount(of: ship.identity)
                #expect(account.lost > 0)
                #expect(account.lost < Int64(gone))
                #expect(try await tables.sampleCount(of: ship.identity) == account.stored)
                let events = try await tables.shoreEvents(of: ship.identity)
                let named = events.first { $0.kind == "new_epoch" }
                let message = named?.message ?? ""
                #expect(message.contains("\(account.lost) records of metrics"), "\(events)")
                try await eventually("the account is told") {
                    let account = try await tables.sampleAccount(of: ship.identity)
                    return account.produced == account.stored + account.lost
                }
            }
        }
    }

    @Test func `a ship whose store is an old copy begins a new epoch, and nothing is there twice`()
        async throws
    {
        let seed = SeededGenerator.seed(name: "old copy aboard")
        try await withShip { shore, ship, folder in
            var ballast: Ballast? = try Ballast(ship, seed: seed)
            try ship.start()
            try await ballast?.add(bytes: 200_000)
            try await drain(ship)
            try await ship.stop()
            let early = ballast?.samples ?? 0
            ballast = nil
            try await Folder.copy(ship.data, to: "\(folder)/copy")
            ballast = try Ballast(ship, seed: seed &+ 1, after: early)
            try ship.start()
            try await ballast?.add(bytes: 300_000)
            try await drain(ship)
            try await ship.stop()
            let late = ballast?.samples ?? 0
            ballast = nil
            try await Folder.remove(ship.data)
            try await Folder.copy("\(folder)/copy", to: ship.data)
            ballast = try Ballast(ship, seed: seed &+ 2, after: late)
            try ship.start()
            try await ballast?.add(bytes: 100_000)
            let all = Int64(ballast?.samples ?? 0)
            try await ShoreTables.with(shore) { tables in
                try await eventually("the new samples are ashore", timeout: .seconds(240)) {
                    try await tables.sampleCount(of: ship.identity) >= all
                }
                _ = try await ship.waitUntilDrained()
                #expect(try await tables.sampleCount(of: ship.identity) == all)
                #expect(try await tables.sampleAccount(of: ship.identity).epochs == 2)
                let events = try await tables.shoreEvents(of: ship.identity)
                #expect(events.contains { $0.kind == "new_epoch" }, "\(events)")
            }
        }
    }

    @Test func `a ship that lost its disk begins a new epoch, and the old one's account is closed`()
        async throws
    {
        let seed = SeededGenerator.seed(name: "lost disk")
        try await withShip { shore, ship, folder in
            var ballast: Ballast? = try Ballast(ship, seed: seed)
            try ship.start()
            try await ballast?.add(bytes: 200_000)
            try await drain(ship)
            try await ship.stop()
            let early = ballast?.samples ?? 0
            ballast = nil
            for name in ["store.sqlite", "store.sqlite-wal", "store.sqlite-shm", "reserve"] {
                unlink("\(ship.data)/\(name)")
            }
            try ship.start()
            try await eventually("a new store is there") {
                access("\(ship.data)/store.sqlite", F_OK) == 0 && !ship.log.isEmpty
            }
            try await drain(ship)
            ballast = try Ballast(ship, seed: seed &+ 1, after: early)
            try await ballast?.add(bytes: 100_000)
            try await drain(ship)
            let all = Int64(ballast?.samples ?? 0)
            try await ShoreTables.with(shore) { tables in
                #expect(try await tables.sampleCount(of: ship.identity) == all)
                let account = try await tables.sampleAccount(of: ship.identity)
                #expect(account.epochs == 2)
                #expect(account.lost == 0)
                #expect(account.stored == all)
                let events = try await tables.shoreEvents(of: ship.identity)
                #expect(events.contains { $0.kind == "new_store" }, "\(events)")
            }
        }
    }

    @Test func `a second agent under one identity is refused, reported, and disturbs nobody`()
        async throws
    {
        let seed = SeededGenerator.seed(name: "twins")
        try await withShip { shore, ship, folder in
            var ballast = try Ballast(ship, seed: seed)
            try ship.start()
            try await ballast.add(bytes: 100_000)
            try await drain(ship)
            let twin = try await ship.copied(to: "\(folder)/twin")
            try twin.start()
            try await ShoreTables.with(shore) { tables in
                try await eventually("the twin is reported", timeout: .seconds(240)) {
                    try await tables.shoreEvents(of: ship.identity).contains {
                        $0.kind == "identity_used_twice"
                    }
                }
                try await eventually("the twin knows") {
                    twin.log.contains("identity_used_twice")
                }
                // The first is still connected: what it stores arrives without a new session.
                try await ballast.add(bytes: 100_000)
                try await drain(ship)
                let stored = try await tables.sampleCount(of: ship.identity)
                #expect(stored == Int64(ballast.samples))
                #expect(try await tables.sampleAccount(of: ship.identity).epochs == 1)
            }
            await twin.kill()
            // The same agent may come again at once, however it went.
            await ship.kill()
            try ship.start()
            try await ballast.add(bytes: 50_000)
            try await drain(ship)
        }
    }
}
