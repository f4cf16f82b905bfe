import FleetTestSupport
import Foundation
import Testing

/// A policy server beside the shore, and real ships that wait for its word.
@Suite(.timeLimit(.minutes(10))) struct PolicyWordTests {
    private static let names = ["alpha", "beta", "gamma"]
    private static let refusal =
        #"{"result": {"allow": false, "reasons": ["the yard is closed"]}}"#

    @Test func `an order goes once the policy server allows it, and not before`() async throws {
        let seed = SeededGenerator.seed(name: "policy-server")
        var random = SeededGenerator(seed: seed)
        let weights = VersionFolder.weights(50_000, using: &random)
        try await withTemporaryDirectory { place in
            let office = try PolicyOffice(place)
            try office.answer(Self.refusal)
            try await office.run {
                try await Shore.with(settings: office.settings) { shore, folder in
                    try await shore.command("tenant", "create", "blue")
                    try await ShipAboard.withFleet(
                        Self.names,
                        of: "blue",
                        at: shore,
                        in: folder,
                        syncPort: shore.syncPort
                    ) { ships in
                        let yard = try await Yard(shore, folder)
                        let version = try VersionFolder(
                            "\(folder)/only",
                            word: "only",
                            weights: weights
                        )
                        try await yard.push(version)
                        for ship in ships { try ship.start() }
                        let rollout = try await yard.plan(version: 1, ships: Self.names)
                        try await yard.begin(rollout)
                        try await eventually("the order is held back") {
                            try await yard.ships(rollout.id)
                                .contains { $0.reason.contains("yard is closed") }
                        }
                        #expect(ships.allSatisfy { $0.running("version") == nil })

                        try office.answer(#"{"result": {"allow": true}}"#)
                        // At its next contact it is asked again.
                        for ship in ships {
                            try await ship.stop()
                            try ship.start()
                        }
                        try await yard.waitUntil("finished", rollout.id, ships: ships)
                        #expect(ships.allSatisfy { $0.running("weights.bin") == weights })
                        #expect(try office.knowsWhoAsks())
                        let asked = try #require(try office.questions().last?.input)
                        #expect(asked.action == "release")
                        #expect(asked.tenant == "1")
                        #expect(Self.names.contains(asked.ship.name))
                        #expect(asked.deployment.id == rollout.id)
                        #expect(asked.deployment.planDigest == rollout.planDigest)
                    }
                }
            }
        }
    }
}
