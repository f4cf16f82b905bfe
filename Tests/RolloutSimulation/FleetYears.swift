/// Years of a fleet under our own gate: one version after the other, sound ones and bad ones.
package struct FleetYears: Sendable {
    package let seed: UInt64
    package let ships: Int
    /// Days that each version is given.
    package let days: Int64
    package let versions: Int

    package init(seed: UInt64, ships: Int, days: Int64, versions: Int) {
        self.seed = seed
        self.ships = ships
        self.days = days
        self.versions = versions
    }

    private static let scenarios: [RolloutScenario] = [
        RolloutScenario(name: "sound", failsProbe: 0.005),
        RolloutScenario(name: "bad", failsProbe: 0.2),
        RolloutScenario(name: "sound", failsProbe: 0.01, failsLate: 0.005),
        RolloutScenario(name: "goes silent", failsProbe: 0.02, silences: 0.2),
        RolloutScenario(name: "sound", failsProbe: 0.002, silences: 0.002),
        RolloutScenario(name: "fails late", failsLate: 0.25),
        RolloutScenario(name: "bricks", failsProbe: 0.01, strands: 0.02),
    ]

    /// - Parameter change: of each version, before it goes out.
    package func run(
        _ change: (inout RolloutScenario) -> Void = { _ in }
    ) -> [(scenario: RolloutScenario, result: RolloutResult)] {
        let fleet = SimulatedFleet(seed: seed, ships: ships)
        fleet.sail(days: 90)
        return (0..<versions).map { number in
            var scenario = Self.scenarios[number % Self.scenarios.count]
            change(&scenario)
            let result = fleet.deploy(
                scenario,
                version: SimulatedVersion(UInt8(2 + number % 250)),
                by: HawserPolicy(),
                days: days
            )
            return (scenario, result)
        }
    }
}
