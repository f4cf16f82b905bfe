import FleetTestSupport
import Foundation
import Glibc
import Testing

/// The way of the data on the worst of days.
@Suite(.timeLimit(.minutes(15))) struct RoughPassageTests {
    private static let cuts = 200
    private static let kills = 20

    /// 20 ms and 1 Mbit/s; every connection is cut. Most are cut some kilobytes after the ship has
    /// greeted, or no segment would ever arrive, and some within the greeting.
    private static func conditions(_ seed: UInt64, _ greeting: Greeting) -> LinkConditions {
        var random = SeededGenerator.derived(seed: seed, ordinal: 2)
        let places = (0..<5000).map { _ in
            random.chance(0.15)
                ? Int.random(in: 1...greeting.total, using: &random)
                : greeting.total + Int(random.exponential(mean: 4000))
        }
        return LinkConditions(
            roundTrip: .milliseconds(20),
            upBitsPerSecond: 1_000_000,
            downBitsPerSecond: 4_000_000,
            cutAfterBytes: places,
            seed: seed
        )
    }

    /// What crosses the link before any data: the TLS handshake, the hello and its answer.
    private struct Greeting {
        let up: Int
        let total: Int
    }

    @Test
    func `samples are ashore exactly once though the link is cut and all programs are killed`()
        async throws
    {
        let seed = SeededGenerator.seed(name: "rough-passage")
        try await Shore.with { shore, folder in
            try await shore.command("tenant", "create", "blue")
            let upstream = (host: "127.0.0.1", port: shore.syncPort)
            try await withLink(upstream: upstream) { link in
                try await ShipAboard.with(
                    "alpha",
                    of: "blue",
                    at: shore,
                    data: "\(folder)/alpha",
                    syncPort: link.port
                ) { ship in
                    try ship.start()
                    let greeting = try await Self.measureGreeting(link, ship)
                    link.setConditions(Self.conditions(seed, greeting))
                    link.cutAll()
                    let troubles = Troubles(
                        shore: shore,
                        ship: ship,
                        link: link,
                        random: .derived(seed: seed, ordinal: 1)
                    )
                    // More is replayed until all the troubles have happened, whatever the
                    // machine's speed: so they always fall into the middle of the work.
                    async let happened = troubles.happen(cuts: Self.cuts, kills: Self.kills)
                    let cargo = Cargo(ship: ship, troubles: troubles)
                    let expected = try await cargo.load()
                    try await happened
                    let statistics = link.statistics
                    link.setConditions(.perfect)
                    let status = try await ship.waitUntilDrained()
                    try await Account.check(shore, ship, status, expected: expected)
                    #expect(statistics.cuts >= Self.cuts)
                    try await Self.checkEconomy(shore, ship, link, greeting: greeting)
                    try await ship.stop()
                }
            }
        }
    }

    /// Has a ship that has nothing to send connect anew, and counts.
    private static func measureGreeting(
        _ link: LinkEmulator,
        _ ship: ShipAboard
    ) async throws -> Greeting {
        try await eventually("the ship is connected") { link.statistics.bytesDown > 0 }
        _ = try await ship.waitUntilDrained()
        link.cutAll()
        try await eventually("the old connection has ended") { link.statistics.open == 0 }
        let before = link.statistics
        try await eventually("the ship has greeted again") {
            let first = link.statistics
            // Both sides are silent once they have greeted each other.
            try await Task.sleep(for: .milliseconds(300))
            return first.open == 1 && first.bytesDown > before.bytesDown && first == link.statistics
        }
        let up = link.statistics.bytesUp - before.bytesUp
        return Greeting(up: up, total: up + link.statistics.bytesDown - before.bytesDown)
    }

    /// Payload bytes sent stay near the payload. Of each connection the greeting is taken off, as
    /// much of it as the connection lived to send: TLS handshakes are not what is measured here.
    private static func checkEconomy(
        _ shore: Shore,
        _ ship: ShipAboard,
        _ link: LinkEmulator,
        greeting: Greeting
    ) async throws {
        let payload = try await ShoreTables.with(shore) { tables in
            try await tables.lanes(of: ship.identity).values.reduce(0) { $0 + Int($1.bytes) }
        }
        await ship.kill()
        try await eventually("the last connection has ended") { link.statistics.open == 0 }
        let statistics = link.statistics
        let greetings = statistics.bytesUpOfEnded.reduce(0) { $0 + min($1, greeting.up) }
        let sent = statistics.bytesUp - greetings
        let ratio = Double(sent) / Double(max(1, payload))
        print(
            "economy: \(statistics.cuts) cuts in \(statistics.connections) connections, "
                + "\(payload) bytes of segments, \(sent) sent for them (ratio \(ratio)), "
                + "\(greetings) for greetings of \(greeting.up) each"
        )
        #expect(ratio >= 1)
        // A cut every 4 kB costs what was under way, and each piece its frame and TLS record; sending
        // again what the shore already had came to 2.1.
        #expect(ratio <= 1.8)
    }
}
