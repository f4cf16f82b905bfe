/// How many ships activate before an abort reaches them: as foretold, and as it came.
package struct AbortForecast: Sendable {
    /// Of all fleets together.
    package struct Line: Sendable {
        package let days: Int64
        package let runs: Int
        /// Ships that were armed, as far as the shore knew: no more can activate.
        package let mayActivate: Int
        package let foretold: Double
        package let activated: Int
        /// Of the fleets, the largest difference between foretold and come, in ships.
        package let worst: Double
    }

    package let ships: Int
    package let seeds: [UInt64]

    package init(ships: Int, seeds: [UInt64]) {
        self.ships = ships
        self.seeds = seeds
    }

    package func lines(after days: [Int64] = [1, 2, 4, 8, 16]) -> [Line] {
        days.map { days in
            let results = seeds.map { seed in
                let fleet = SimulatedFleet(seed: seed, ships: ships)
                fleet.sail(days: 90)
                return fleet.deploy(
                    RolloutScenario(name: "sound"),
                    version: SimulatedVersion(2),
                    by: AbortPolicy(days: days),
                    days: days + 60
                )
            }
            return Line(
                days: days,
                runs: results.count,
                mayActivate: results.reduce(0) { $0 + $1.armedAtStop },
                foretold: results.reduce(0) { $0 + $1.predictedAfterStop },
                activated: results.reduce(0) { $0 + $1.activatedAfterStop },
                worst: results.map { abs($0.predictedAfterStop - Double($0.activatedAfterStop)) }
                    .max() ?? 0
            )
        }
    }
}
