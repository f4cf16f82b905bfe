import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// Alerts on a link that a backlog keeps busy.
///
/// What is judged is how many bytes of the backlog come ashore before an alert does: the link's rate
/// makes a time of it, on a machine of any speed. `HAWSER_ALERTS` asks for more alerts, and for the
/// times themselves to be judged: on a quiet machine.
@Suite(.timeLimit(.minutes(30))) struct AlertLatencyTests {
    private static let asked =
        ProcessInfo.processInfo.environment["HAWSER_ALERTS"].flatMap(Int.init)
    private static let alerts = asked ?? 20
    /// Beyond one round trip.
    private static let grace = Duration.milliseconds(1500)

    /// What was seen of the alerts.
    private struct Passage {
        var times: [Duration] = []
        /// Bytes of samples that became durable ashore between an alert and its arrival.
        var bytesAhead: [Int64] = []

        func time(_ share: Double) -> Duration { Self.part(share, of: times) }
        func bytes(_ share: Double) -> Int64 { Self.part(share, of: bytesAhead) }

        private static func part<Value: Comparable>(_ share: Double, of values: [Value]) -> Value {
            values.sorted()[min(values.count - 1, Int(share * Double(values.count)))]
        }
    }

    @Test
    func `an alert overtakes a backlog on a saturated satellite link within the promised time`()
        async throws
    {
        let seed = SeededGenerator.seed(name: "alerts")
        let conditions = LinkConditions.geostationary
        try await Shore.with { shore, folder in
            try await shore.command("tenant", "create", "blue")
            let upstream = (host: "127.0.0.1", port: shore.syncPort)
            try await withLink(upstream: upstream, conditions: conditions) { link in
                try await ShipAboard.with(
                    "alpha",
                    of: "blue",
                    at: shore,
                    data: "\(folder)/alpha",
                    syncPort: link.port
                ) { ship in
                    var ballast = try Ballast(ship, seed: seed)
                    // More than the link carries while the alerts are raised.
                    let seconds = 60 + 4 * Self.alerts
                    try await ballast.add(bytes: conditions.upBitsPerSecond / 8 * seconds)
                    try ship.start()
                    try await eventually("the backlog flows") { link.statistics.bytesUp > 300_000 }
                    let before = (bytes: link.statistics.bytesUp, at: ContinuousClock.now)
                    let passage = try await Self.raise(ballast, ship, shore, seed: seed)
                    let elapsed = ContinuousClock.now - before.at
                    let carried = Double(link.statistics.bytesUp - before.bytes)
                    let use = carried * 8 / Double(conditions.upBitsPerSecond) / elapsed.inSeconds
                    print(
                        "\(Self.alerts) alerts: median \(passage.time(0.5)), "
                            + "p99 \(passage.time(0.99)), longest \(passage.time(1)); bytes ahead: "
                            + "median \(passage.bytes(0.5)), most \(passage.bytes(1)); "
                            + "the link was used to \(use)"
                    )
                    #expect(try await ship.status().queuedBytes > 100_000, "the backlog ran out")
                    let promised = conditions.roundTrip + Self.grace
                    let most = Double(conditions.upBitsPerSecond) / 8 * promised.inSeconds
                    #expect(Double(passage.bytes(0.99)) <= most)
                    if Self.asked != nil {
                        #expect(use > 0.9, "the link was not saturated")
                        #expect(passage.time(0.99) <= promised)
                    }
                    await ship.kill()
                }
            }
        }
    }

    private static func raise(
        _ ballast: Ballast,
        _ ship: ShipAboard,
        _ shore: Shore,
        seed: UInt64
    ) async throws -> Passage {
        var random = SeededGenerator.derived(seed: seed, ordinal: 7)
        var passage = Passage()
        try await ShoreTables.with(shore) { tables in
            for number in 0..<alerts {
                let pause = Int.random(in: 200...2200, using: &random)
                try await Task.sleep(for: .milliseconds(pause))
                let before = try await tables.arrived(of: ship.identity)
                let raised = ContinuousClock.now
                try await ballast.raise("engine_fire", "alert \(number)")
                var now = before
                while now.events == before.events {
                    try await Task.sleep(for: .milliseconds(10))
                    now = try await tables.arrived(of: ship.identity)
                }
                passage.times.append(ContinuousClock.now - raised)
                passage.bytesAhead.append(now.sampleBytes - before.sampleBytes)
            }
        }
        return passage
    }
}
