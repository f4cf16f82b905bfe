import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// What cuts cost on real sockets, with real programs.
///
/// `HAWSER_CUTS` asks for more of them, `HAWSER_CUT_BYTES` for another distance between them, and
/// `HAWSER_CUT_ROUND_TRIP` (ms) and `HAWSER_CUT_RATE` (bit/s) for another link.
@Suite(.timeLimit(.minutes(120))) struct CutsTests {
    private static func setting(_ name: String, _ usual: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? usual
    }

    private static let cuts = setting("HAWSER_CUTS", 60)
    /// On a machine that has nothing else to do.
    private static let isMeasured = cuts >= 1000
    /// 18 s of the satellite link.
    private static let meanBytes = setting("HAWSER_CUT_BYTES", 288_000)

    @Test
    func `everything is ashore once after many cuts, and hardly a byte was sent twice`()
        async throws
    {
        let seed = SeededGenerator.seed(name: "cuts")
        // The satellite's product of rate and round trip, 9.6 kB, some twenty times as fast.
        let conditions = LinkConditions(
            roundTrip: .milliseconds(Self.setting("HAWSER_CUT_ROUND_TRIP", 25)),
            upBitsPerSecond: Self.setting("HAWSER_CUT_RATE", 3_072_000),
            downBitsPerSecond: 20_000_000,
            cutMeanBytes: Self.meanBytes,
            seed: seed
        )
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
                    try ship.start()
                    var events = 0
                    while link.statistics.cuts < Self.cuts {
                        if try await ship.status().queuedBytes < 3_000_000 {
                            try await ballast.add(bytes: 2_000_000)
                        }
                        try await ballast.raise("test", "event \(events)")
                        events += 1
                        try await Task.sleep(for: .milliseconds(100))
                        try #require(ship.isRunning && shore.isRunning)
                    }
                    let statistics = link.statistics
                    link.setConditions(.perfect)
                    _ = try await ship.waitUntilDrained(timeout: .seconds(600))
                    try await ship.stop()
                    let status = try await ship.status()
                    try await ShoreTables.with(shore) { tables in
                        let samples = try await tables.sampleCount(of: ship.identity)
                        #expect(samples == Int64(ballast.samples))
                        let stored = try await tables.eventCount(of: ship.identity)
                        #expect(stored == Int64(status.lane("events")?.produced ?? 0))
                        let lanes = try await tables.lanes(of: ship.identity)
                        for lane in status.lanes {
                            let records: Int64 = lanes[lane.lane]?.records ?? 0
                            #expect(UInt64(records) == lane.produced, "\(lane.lane)")
                        }
                        let payload = lanes.values.reduce(0) { $0 + Int($1.bytes) }
                        let sent = Int(status.link.sent_payload_bytes)
                        let ratio = Double(sent) / Double(payload)
                        print(
                            "\(statistics.cuts) cuts, one in \(Self.meanBytes) bytes: \(payload) "
                                + "bytes of segments, \(sent) bytes of payload sent: \(ratio)"
                        )
                        #expect(ratio >= 1)
                        // A busy machine acknowledges late, so more is under way at a cut.
                        #expect(ratio <= (Self.isMeasured ? 1.05 : 1.1))
                    }
                }
            }
        }
    }
}
