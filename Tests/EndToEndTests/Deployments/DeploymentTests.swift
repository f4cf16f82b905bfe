import FleetTestSupport
import Foundation
import Testing

/// A version's way from the registry to what runs aboard, with real programs all the way.
@Suite(.timeLimit(.minutes(10))) struct DeploymentTests {
    private static let size = 400_000
    private static let names = ["alpha", "beta", "gamma"]

    @Test
    func `versions reach ships wave by wave, the second as a delta, and people can take it back`()
        async throws
    {
        let seed = SeededGenerator.seed(name: "deployments")
        var random = SeededGenerator(seed: seed)
        let weights = VersionFolder.weights(Self.size, using: &random)
        try await Shore.with { shore, folder in
            try await shore.command("tenant", "create", "blue")
            let upstream = (host: "127.0.0.1", port: shore.syncPort)
            try await withLink(upstream: upstream, conditions: .perfect) { link in
                try await ShipAboard.withFleet(
                    Self.names,
                    of: "blue",
                    at: shore,
                    in: folder,
                    syncPort: link.port
                ) { ships in
                    let yard = try await Yard(shore, folder)
                    for ship in ships { try ship.start() }
                    let old = try VersionFolder("\(folder)/old", word: "old", weights: weights)
                    let new = try VersionFolder(
                        "\(folder)/new",
                        word: "new",
                        weights: VersionFolder.changed(weights, every: 1000)
                    )
                    try await yard.push(old)
                    try await yard.push(new)

                    // Nobody starts what nobody else has agreed to.
                    let first = try await yard.plan(version: 1, ships: Self.names)
                    let early = try await yard.planner.refusal("deploy", "start", "\(first.id)")
                    #expect(early?.contains("waiting_for_approval") == true, "\(early ?? "-")")
                    let own = try await yard.planner.refusal(
                        "deploy",
                        "approve",
                        "\(first.id)",
                        "--plan",
                        first.planDigest
                    )
                    #expect(own?.contains("somebody else") == true, "\(own ?? "-")")
                    try await yard.begin(first)
                    try await yard.waitUntil("finished", first.id, ships: ships)
                    for ship in ships {
                        #expect(ship.running("weights.bin") == old.weights)
                        #expect(ship.running("version") == Array("old\n".utf8))
                    }

                    let before = link.statistics.bytesDown
                    let second = try await yard.plan(version: 2, ships: Self.names)
                    try await yard.begin(second)
                    try await yard.waitUntil("finished", second.id, ships: ships)
                    for ship in ships {
                        #expect(ship.running("weights.bin") == new.weights)
                        let told = try String(
                            contentsOfFile: "\(ship.data)/told",
                            encoding: .utf8
                        )
                        #expect(told.split(separator: "\n").count == 2, "\(told)")
                    }
                    let carried = link.statistics.bytesDown - before
                    print("the second version: \(carried) bytes down for \(ships.count) ships")
                    #expect(carried < Self.size / 10 * ships.count)
                    try await yard.checkOrder(of: second.id)

                    // All that happened is in the deployment's own record, and back it goes.
                    try await yard.planner.run(
                        "deploy",
                        "roll-back",
                        "\(second.id)",
                        "--reason",
                        "it was only a test"
                    )
                    for ship in ships {
                        try await eventually("\(ship.identity) runs the old version again") {
                            ship.running("version") == Array("old\n".utf8)
                        }
                    }
                }
            }
        }
    }
}
