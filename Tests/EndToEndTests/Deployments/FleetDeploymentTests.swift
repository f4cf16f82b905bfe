import FleetTestSupport
import Foundation
import Glibc
import Testing

/// Twenty ships behind a bad link, of which one is away, one fails its probe, one is killed whenever it takes
/// a step and one loses its power while it downloads.
@Suite(.timeLimit(.minutes(20))) struct FleetDeploymentTests {
    private static let size = 200_000

    @Test func `each of twenty ships ends in one known state, and the shore knows it`() async throws
    {
        let seed = SeededGenerator.seed(name: "fleet-deployment")
        var random = SeededGenerator(seed: seed)
        let weights = VersionFolder.weights(Self.size, using: &random)
        // Much changes, so that there is something to be cut, killed and torn.
        let next = VersionFolder.changed(weights, every: 3)
        let names = (1...20).map { $0 < 10 ? "ship-0\($0)" : "ship-\($0)" }
        let conditions = LinkConditions(
            roundTrip: .milliseconds(100),
            upBitsPerSecond: 2_000_000,
            downBitsPerSecond: 4_000_000,
            cutMeanBytes: 60_000,
            seed: seed
        )
        try await Shore.with { shore, folder in
            try await shore.command("tenant", "create", "blue")
            let upstream = (host: "127.0.0.1", port: shore.syncPort)
            try await withLink(upstream: upstream) { link in
                try await ShipAboard.withFleet(
                    names,
                    of: "blue",
                    at: shore,
                    in: folder,
                    syncPort: link.port
                ) { ships in
                    let yard = try await Yard(shore, folder)
                    let old = try VersionFolder("\(folder)/old", word: "old", weights: weights)
                    let new = try VersionFolder("\(folder)/new", word: "new", weights: next)
                    try await yard.push(old)
                    try await yard.push(new)
                    for ship in ships { try ship.start() }
                    let first = try await yard.plan(version: 1, ships: names)
                    try await yard.begin(first)
                    try await yard.waitUntil("finished", first.id, ships: [])

                    link.setConditions(conditions)
                    let (away, broken, killed, dark) = (ships[19], ships[18], ships[17], ships[16])
                    try await away.stop()
                    try broken.breakEngine()
                    let second = try await yard.plan(
                        version: 2,
                        ships: names,
                        failure: "tolerated: 0.2, minimum: 3, quorum: 0.6, soak_seconds: 0"
                    )
                    let randomness = random
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        let fates = [
                            Fate(killed, kind: .killed, randomness),
                            Fate(dark, kind: .dark, randomness),
                        ]
                        for fate in fates { group.addTask { try await fate.run() } }
                        try await yard.begin(second)
                        try await eventually("all but one have ended", timeout: .seconds(300)) {
                            try await Task.sleep(for: .seconds(1))
                            let open = try await yard.ships(second.id).filter {
                                !Self.ends.contains($0.state)
                            }
                            return open.map(\.ship) == [names[19]]
                        }
                        for fate in fates { fate.end() }
                        try await group.waitForAll()
                        for fate in fates { #expect(fate.blows > 0, "\(fate.kind)") }
                    }
                    #expect(try await yard.find(second.id).state == "running")
                    try await Self.check(yard, second, ships, old: old, new: new)

                    // The one that was away gets it when it comes, without anybody's doing.
                    try away.start()
                    try await yard.waitUntil("finished", second.id, ships: [away])
                    #expect(away.running("weights.bin") == new.weights)
                    try await yard.checkOrder(of: second.id)
                }
            }
        }
    }

    private static let ends: Set<String> = [
        "succeeded", "failed_no_change", "failed_rolled_back", "failed_not_rolled_back",
        "failed_unable", "refused", "canceled", "superseded", "inconclusive", "lost",
    ]

    private static func check(
        _ yard: Yard,
        _ rollout: Rollout,
        _ ships: [ShipAboard],
        old: VersionFolder,
        new: VersionFolder
    ) async throws {
        let lines = try await yard.ships(rollout.id).sorted { $0.ship < $1.ship }
        try #require(lines.count == ships.count)
        for (index, ship) in ships.enumerated() {
            let line = lines[index]
            switch index {
            case 19:
                #expect(line.state == "awaiting_reconnect", "\(line)")
                #expect(ship.running("weights.bin") == old.weights)
            case 18:
                #expect(line.state == "failed_rolled_back", "\(line)")
                #expect(ship.running("weights.bin") == old.weights)
            default:
                #expect(line.state == "succeeded", "\(line)")
                #expect(line.running == rollout.digest, "\(line)")
                #expect(ship.running("weights.bin") == new.weights, "\(line)")
            }
        }
    }
}
