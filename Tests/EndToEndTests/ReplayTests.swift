import FleetTestSupport
import Foundation
import Testing

/// The way of the data on a good day: real programs, real PostgreSQL, real TLS.
@Suite(.timeLimit(.minutes(10)), .serialized) struct ReplayTests {
    @Test(arguments: ["Scrapes15s", "Scrapes1s"])
    func `recorded scrapes replayed aboard are ashore exactly once and bit-equal`(
        folderName: String
    ) async throws {
        let recorded = ["node", "postgres", "prometheus"].map {
            Fixtures.path("\(folderName)/scrapes-\($0).jsonl.xz")
        }
        try await Shore.with { shore, folder in
            let odd = "\(folder)/odd.jsonl"
            try OddScrapes.text.write(toFile: odd, atomically: false, encoding: .utf8)
            let files = recorded + [odd]
            var expected = SampleTally()
            for file in files {
                expected.add(try await NaiveScrapes.samples(of: file, instance: "i:1"))
            }
            try await shore.command("tenant", "create", "blue")
            try await ShipAboard.with(
                "alpha",
                of: "blue",
                at: shore,
                data: "\(folder)/alpha",
                syncPort: shore.syncPort
            ) { ship in
                try await ship.replay(files, instance: "i:1")
                try ship.start()
                _ = try await ship.waitUntilDrained()
                // A second time, beside the running agent: it is all there already.
                try await ship.replay(files, instance: "i:1")
                let status = try await ship.waitUntilDrained()
                #expect(status.isBalanced)
                #expect(status.lane("metrics")?.produced == UInt64(expected.count))
                try await Account.check(shore, ship, status, expected: expected)
                try await ship.stop()
            }
        }
    }
}
