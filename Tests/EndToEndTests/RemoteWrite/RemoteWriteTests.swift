import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// What a real Prometheus writes to a real agent is ashore, whatever happens to the agent.
@Suite(.timeLimit(.minutes(10))) struct RemoteWriteTests {
    @Test func `what Prometheus scraped is ashore exactly once though the agent is killed`()
        async throws
    {
        let began = Timestamp(seconds: Int64(Date().timeIntervalSince1970) - 60)
        try await Shore.with { shore, folder in
            try await shore.command("tenant", "create", "blue")
            let port = try QuietPort.find()
            try await ShipAboard.with(
                "alpha",
                of: "blue",
                at: shore,
                data: "\(folder)/alpha",
                syncPort: shore.syncPort,
                settings: """
                    http_listen: 127.0.0.1:\(port)
                    labels:
                      values: {ship_id: alpha, environment: test}
                    """
            ) { ship in
                try ship.start()
                let prometheus = try await Prometheus.start(
                    in: "\(folder)/prometheus",
                    writingTo: port
                )
                do {
                    try await Self.passage(ship)
                    try await prometheus.stop()
                } catch {
                    await prometheus.kill()
                    throw EndToEndError("\(error)\n\(prometheus.log.suffix(4000))\n\(ship.log)")
                }
                let status = try await ship.waitUntilDrained()
                let expected = try await prometheus.samples().relabelled {
                    $0.merging(["ship_id": "alpha", "environment": "test"]) { $1 }
                }
                #expect(expected.count > 10_000)
                try await ShoreTables.with(shore) { tables in
                    let ashore = try await tables.samples(of: ship.identity, from: began)
                        .relabelled { $0 }
                    let differences = ashore.differences(from: expected)
                    #expect(
                        differences.isEmpty,
                        "\(differences.prefix(10).joined(separator: "\n"))\n\(prometheus.log.suffix(2000))"
                    )
                    #expect(status.lane("metrics")?.produced == UInt64(expected.count))
                }
                try await ship.stop()
            }
        }
    }

    /// Twelve seconds of scrapes, in which the agent is killed twice and stopped once.
    private static func passage(_ ship: ShipAboard) async throws {
        for ending in 0..<4 {
            let before = try await ship.status().lane("metrics")?.produced ?? 0
            _ = try await eventually("samples come in", timeout: .seconds(240)) {
                let now = try await ship.status().lane("metrics")?.produced ?? 0
                return now > before + 2500 ? true : nil
            }
            switch ending {
            case 0, 2:
                await ship.kill()
                try ship.start()
            case 1:
                try await ship.stop()
                try await Task.sleep(for: .seconds(1))
                try ship.start()
            default: break
            }
        }
    }
}
