import CoreDomain
import FleetModel
import FleetRuntime
import FleetTestSupport
import Foundation
import Testing

/// Ships whose clocks are wrong, or are set while they sail.
@Suite(.timeLimit(.minutes(10))) struct WrongClockTests {
    private static let day: Int64 = 86_400

    /// Scrapes itself every second.
    private static func settings(port: Int) -> String {
        """
        http_listen: 127.0.0.1:\(port)
        targets:
          - job: agent
            url: http://127.0.0.1:\(port)/metrics
            interval: 1s
        """
    }

    private func withShip(
        _ name: String,
        at shore: Shore,
        _ folder: String,
        clock: WrongClock? = nil,
        _ body: (ShipAboard) async throws -> Void
    ) async throws {
        try await ShipAboard.with(
            name,
            of: "blue",
            at: shore,
            data: "\(folder)/\(name)",
            syncPort: shore.syncPort,
            settings: Self.settings(port: try QuietPort.find()),
            clock: clock
        ) { ship in
            try ship.start()
            try await body(ship)
        }
    }

    /// Waits until so many more samples were taken aboard, several scrapes of them, and all that
    /// waited before are ashore.
    private func sail(_ ship: ShipAboard, samples: UInt64, _ what: String) async throws {
        let before = try await ship.status().lane("metrics")?.produced ?? 0
        var last: ShipAboard.Status?
        do {
            try await eventually("samples are taken and sent \(what)", timeout: .seconds(240)) {
                let status = try await ship.status()
                last = status
                guard let lane = status.lane("metrics") else { return false }
                return lane.produced > before + samples && lane.stored > before
            }
        } catch {
            throw EndToEndError("\(error)\n\(String(describing: last))\n\(ship.log.suffix(4000))")
        }
    }

    @Test
    func
        `samples of a ship whose clock is wrong and jumps are ashore, and it is known by how much`()
        async throws
    {
        try await Shore.with { shore, folder in
            try await shore.command("tenant", "create", "blue")
            let clock = try WrongClock(in: folder, aheadBy: Self.day)
            try await withShip("beta", at: shore, folder) { other in
                try await withShip("alpha", at: shore, folder, clock: clock) { ship in
                    try await sail(ship, samples: 500, "a day ahead")
                    try clock.set(aheadBy: -Self.day)
                    try await sail(ship, samples: 500, "after the clock went back by two days")
                    try clock.set(aheadBy: 0)
                    try await sail(ship, samples: 500, "after the clock was put right")
                    try await check(ship, other, shore)
                }
            }
        }
    }

    private func check(_ ship: ShipAboard, _ other: ShipAboard, _ shore: Shore) async throws {
        try await sail(other, samples: 20, "by another ship all the while")
        for each in [ship, other] { try await each.stop() }
        // Sealed when the agents ended: sent by those that follow them.
        for each in [ship, other] {
            try each.start()
            try await eventually("nothing of before waits") {
                try await each.status().link.state == "connected"
            }
        }
        let now = WallClock.system.now()
        try await ShoreTables.with(shore) { tables in
            let days = try await tables.samplesByDay(of: ship.identity, from: now)
            #expect(Set(days.keys) == [-1, 0, 1], "\(days)")
            #expect(days.values.allSatisfy { $0 >= 200 }, "\(days)")
            #expect(try await Set(tables.samplesByDay(of: other.identity, from: now).keys) == [0])
            for each in [ship, other] {
                #expect(try await tables.reasonsForQuarantine(of: each.identity).isEmpty)
                let account = try await tables.sampleAccount(of: each.identity)
                #expect(account.lost == 0)
                #expect(account.stored > 0)
            }
            let offsets = try await tables.clockOffsets(of: ship.identity)
            for days: Int64 in [-1, 0, 1] {
                let expected = days * Self.day * 1000
                #expect(offsets.contains { abs($0 - expected) < 60_000 }, "\(offsets)")
            }
            #expect(try await tables.clockOffsets(of: other.identity).count == 1)
            #expect(try await tables.eventKinds(of: ship.identity).contains("clock_jumped"))
            let shoreKinds = try await tables.shoreEvents(of: ship.identity).map(\.kind)
            #expect(shoreKinds.contains("clock_wrong"), "\(shoreKinds)")
            #expect(try await tables.shoreEvents(of: other.identity).isEmpty)
        }
    }
}
