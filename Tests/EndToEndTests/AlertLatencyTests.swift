import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// Alerts on a link that a backlog keeps busy.
///
/// `HAWSER_ALERTS` asks for more of them.
@Suite(.timeLimit(.minutes(15))) struct AlertLatencyTests {
    private static let alerts =
        ProcessInfo.processInfo.environment["HAWSER_ALERTS"].flatMap(Int.init) ?? 20

    @Test
    func `an alert overtakes a backlog on a saturated satellite link within the promised time`()
        async throws
    {
        let seed = SeededGenerator.seed(name: "alerts")
        var random = SeededGenerator.derived(seed: seed, ordinal: 7)
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
                    let seconds = 30 + 3 * Self.alerts
                    try await ballast.add(bytes: conditions.upBitsPerSecond / 8 * seconds)
                    try ship.start()
                    try await eventually("the backlog flows") { link.statistics.bytesUp > 300_000 }
                    let before = (bytes: link.statistics.bytesUp, at: ContinuousClock.now)
                    var times: [Duration] = []
                    try await ShoreTables.with(shore) { tables in
                        for number in 0..<Self.alerts {
                            let pause = Int.random(in: 200...2200, using: &random)
                            try await Task.sleep(for: .milliseconds(pause))
                            let known = try await tables.eventCount(of: ship.identity)
                            let raised = ContinuousClock.now
                            try await ballast.raise("engine_fire", "alert \(number)")
                            while try await tables.eventCount(of: ship.identity) == known {
                                try await Task.sleep(for: .milliseconds(10))
                            }
                            times.append(ContinuousClock.now - raised)
                        }
                    }
                    times.sort()
                    let elapsed = ContinuousClock.now - before.at
                    let carried = Double(link.statistics.bytesUp - before.bytes)
                    let use = carried * 8 / Double(conditions.upBitsPerSecond) / elapsed.inSeconds
                    func part(_ share: Double) -> Duration {
                        times[min(times.count - 1, Int(share * Double(times.count)))]
                    }
                    print(
                        "\(times.count) alerts: median \(part(0.5)), p90 \(part(0.9)), "
                            + "p99 \(part(0.99)), longest \(times[times.count - 1]); "
                            + "the link was used to \(use)"
                    )
                    #expect(use > 0.8, "the link was not saturated")
                    #expect(part(0.9) <= conditions.roundTrip + .milliseconds(1500))
                    await ship.kill()
                }
            }
        }
    }
}
