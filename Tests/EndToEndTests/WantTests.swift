import FleetModel
import FleetRuntime
import FleetSeries
import FleetTestSupport
import Foundation
import ShipDomain
import ShipStore
import Synchronization
import Testing

/// The shore asks a ship for what it thinned: real programs, the real API.
@Suite(.timeLimit(.minutes(10))) struct WantTests {
    private struct Want: Decodable {
        let id: Int
        let state: String
        let outcome: String?
        let samples: Int?
        let bytes: Int?
    }

    private static let hours = 12
    private static let series = 6
    private static let perHour = 720 * series
    private static let start =
        (WallClock.system.now() - .seconds(2 * 86_400)).floored(to: .seconds(3600))

    private static func call(
        _ shore: Shore,
        _ token: String,
        _ path: String,
        body: String? = nil
    ) async throws -> Want {
        let sent = body.map { ["--data", $0] } ?? []
        let arguments =
            ["--silent", "--insecure", "--header", "Authorization: Bearer \(token)"] + sent
            + ["\(shore.apiURL)/api/v1/ships/alpha/wants\(path)"]
        return try await withProcess("/usr/bin/curl", arguments) { process in
            _ = try await process.waitForExit(timeout: .seconds(240))
            return try JSONDecoder().decode(Want.self, from: Data(process.standardOutput.utf8))
        }
    }

    /// Half a day without a link, thinned to a fourth: it happened before the agent starts.
    private static func thin(_ folder: String) async throws {
        let moment = Mutex(start)
        let clock = WallClock { moment.withLock { $0 } }
        let store = try ShipStore(directory: folder, create: false, clock: clock)
        var generator = SeededGenerator(seed: 77)
        for hour in 0..<hours {
            let from = start + .seconds(Int64(hour) * 3600)
            let values = (0..<perHour).map { _ in
                Double.random(in: 0..<1000, using: &generator).rounded() / 10
            }
            try await store.write { writer in
                let numbers = try writer.resolve(
                    (0..<series).map { (LabelSet(name: "level", ["tank": "\($0)"]), .gauge) }
                )
                var encoder = MetricsSegmentEncoder()
                try writer.acceptAndSeal(
                    (0..<720).map { step in
                        SampleBatch(
                            group: 1,
                            at: from + .seconds(Int64(step) * 5),
                            numbers: numbers,
                            values: Array(values[step * series..<(step + 1) * series])
                        )
                    },
                    encoder: &encoder
                )
            }
            moment.withLock { $0 = from + .seconds(3600) }
            while try await store.tidy({ try $0.withdraw() }).segments > 0 {}
        }
        moment.withLock { $0 = $0 + .seconds(86_400) }
        while try await store.tidy({ try $0.withdraw() }).segments > 0 {}
        while try await store.tidy({ try $0.compactPool() }).segments > 0 {}
        let budget = try await store.poolTotals().raw / 4
        let plan = LinkPlan(
            classes: [LinkClass(name: "vsat", dailyBytes: budget)],
            defaultClass: "vsat"
        )
        let desk = try await LinkDesk(plan: plan, store: store, clock: clock)
        let limits = Thinner.Limits(horizon: .seconds(86_400), backlogShare: 0.9)
        try await Thinner(store: store, desk: desk, limits: limits).tend()
        #expect(try await store.poolTotals().raw == 0)
    }

    @Test func `what a ship thinned is had raw after all, asked for by the API`() async throws {
        try await Shore.with { shore, folder in
            try await shore.command("tenant", "create", "blue")
            let token = try await shore.command(
                "token",
                "create",
                "--tenant",
                "blue",
                "--role",
                "operator",
                "--name",
                "bridge"
            )
            try await ShipAboard.with(
                "alpha",
                of: "blue",
                at: shore,
                data: "\(folder)/alpha",
                syncPort: shore.syncPort
            ) { ship in
                try await Self.thin(ship.data)
                try ship.start()
                let thinned = try #require(try await ship.waitUntilDrained().lane("metrics"))
                #expect(thinned.degraded == UInt64(Self.hours * Self.perHour))
                #expect(thinned.stored == 0)

                let from = Self.start + .seconds(3 * 3600)
                let body = """
                    {"from": "\(from)", "to": "\(from + .seconds(2 * 3600))", "max_bytes": 1000000}
                    """
                let asked = try await Self.call(shore, token, "", body: body)
                try await eventually("the ship answers", timeout: .seconds(240)) {
                    try await Self.call(shore, token, "/\(asked.id)").state == "answered"
                }
                let answer = try await Self.call(shore, token, "/\(asked.id)")
                #expect(answer.outcome == "held")
                #expect(answer.samples == 2 * Self.perHour)
                let status = try await ship.waitUntilDrained()
                #expect(status.isBalanced)
                let metrics = try #require(status.lane("metrics"))
                #expect(metrics.stored == UInt64(2 * Self.perHour))
                #expect(metrics.degraded == UInt64((Self.hours - 2) * Self.perHour))
                let ashore = try await ShoreTables.with(shore) {
                    try await $0.samples(of: ship.identity, from: Self.start - .seconds(3600))
                }
                #expect(ashore.count == 2 * Self.perHour)
                try await ShoreTables.with(shore) { tables in
                    try await eventually("the accounts agree") {
                        try await tables.openDifferences(of: ship.identity) == 0
                    }
                }

                // After a restart of the agent it has nothing of it any more.
                try await ship.stop()
                let again = try await Self.call(shore, token, "", body: body)
                #expect(again.state == "waiting")
                try ship.start()
                try await eventually("the ship answers again", timeout: .seconds(240)) {
                    try await Self.call(shore, token, "/\(again.id)").state == "answered"
                }
                #expect(try await Self.call(shore, token, "/\(again.id)").outcome == "not_held")
                _ = try await ship.waitUntilDrained()
                let open = try await ShoreTables.with(shore) {
                    try await $0.openDifferences(of: ship.identity)
                }
                #expect(open == 0)
                try await ship.stop()
            }
        }
    }
}
