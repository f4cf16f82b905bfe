/// Our gate beside hawkBit's thresholds and AWS IoT's abort criteria, on the same ships, voyages, links and fates.
package struct RolloutComparison: Sendable {
    /// One way to stop over several fleets.
    package struct Line: Sendable {
        package let scenario: String
        package let policy: String
        package let runs: Int
        /// Ships a run on which a version ran that was bad for them.
        package let harmed: Double
        package let stopped: Int
        /// Runs that neither stopped nor ended.
        package let held: Int
        package let done: Int
        /// Means over the runs that stopped, and that ended; `nil` where there is none.
        package let daysToStop: Double?
        package let daysToDone: Double?
        package let activatedAfterStop: Int
        package let predictedAfterStop: Double
    }

    /// The tolerance is 5 % wherever a rule has one; hawkBit and AWS also as their users have them.
    package static var policies: [@Sendable () -> any RolloutPolicy] {
        [
            { HawserPolicy() },
            { HawserPolicy(name: "Hawser, stopping as hawkBit does", revokes: false) },
            { HawkBitPolicy(success: 80, error: 5) },
            { HawkBitPolicy(success: 50, error: 50) },
            { AWSJobsPolicy(percent: 5, minimum: 10) },
            { AWSJobsPolicy(percent: 5, minimum: 100) },
            { AWSJobsPolicy(percent: 5, minimum: 10, timeoutDays: 7) },
        ]
    }

    package let ships: Int
    package let days: Int64
    package let seeds: [UInt64]

    package init(ships: Int, days: Int64, seeds: [UInt64]) {
        self.ships = ships
        self.days = days
        self.seeds = seeds
    }

    package func lines(_ scenario: RolloutScenario) -> [Line] {
        Self.policies.map { make in line(scenario, seeds.map { run(scenario, make(), $0) }) }
    }

    private func run(
        _ scenario: RolloutScenario,
        _ policy: some RolloutPolicy,
        _ seed: UInt64
    ) -> RolloutResult {
        let fleet = SimulatedFleet(seed: seed, ships: ships)
        fleet.sail(days: 90)
        return fleet.deploy(scenario, version: SimulatedVersion(2), by: policy, days: days)
    }

    private func line(_ scenario: RolloutScenario, _ results: [RolloutResult]) -> Line {
        func mean(_ values: [Double]) -> Double? {
            values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
        }
        return Line(
            scenario: scenario.name,
            policy: results.first?.policy ?? "",
            runs: results.count,
            harmed: mean(results.map { Double($0.harmed) }) ?? 0,
            stopped: results.count { $0.isStopped },
            held: results.count { $0.isHeld },
            done: results.count { $0.doneAfter != nil },
            daysToStop: mean(results.compactMap(\.stoppedAfter)),
            daysToDone: mean(results.compactMap(\.doneAfter)),
            activatedAfterStop: results.reduce(0) { $0 + $1.activatedAfterStop },
            predictedAfterStop: results.reduce(0) { $0 + $1.predictedAfterStop }
        )
    }
}
