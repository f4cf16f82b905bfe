import FleetDeploy
import FleetTestSupport
import RolloutSimulation
import Testing

/// Fleets over months in virtual time, with the real gate ashore and the real rules aboard.
@Suite(.timeLimit(.minutes(10)))
struct RolloutSimulationTests {
    @Test
    func
        `no ship ends in an unknown state or activates where it must not, whatever the shore believes`()
    {
        let seed = SeededGenerator.seed(name: "fleet-years")
        let years = FleetYears(seed: seed, ships: 150, days: 60, versions: 4).run()
        var activated = 0
        for (scenario, result) in years {
            #expect(result.unknown == 0, "\(scenario.name)")
            // Facts that are fresh enough for the rule may have become wrong a moment ago; no others.
            #expect(result.forbidden == result.onFactsJustWrong, "\(scenario.name)")
            #expect(result.activatedDespiteContact == 0, "\(scenario.name)")
            activated += result.activated
        }
        #expect(activated > 0)
    }

    @Test func `the simulation finds a rule that takes any age of facts`() {
        let fleet = SimulatedFleet(seed: 5, ships: 600)
        fleet.sail(days: 30)
        var careless = RolloutScenario(name: "careless")
        careless.rule = ActivationRule(navigation: [.inPort, .atAnchor], longestFactAge: nil)
        let everybody = AWSJobsPolicy(percent: 100, minimum: 1_000_000)
        let result = fleet.deploy(
            careless,
            version: SimulatedVersion(2),
            by: everybody,
            days: 40
        )
        #expect(result.forbidden > result.onFactsJustWrong)
        // The shore would have got it wrong much more often: that is why the rule is judged aboard.
        #expect(result.shoreWasWrong > 0)
    }

    @Test func `one seed gives one history`() {
        let results = (0..<2).map { _ in
            FleetYears(seed: 3, ships: 60, days: 40, versions: 2).run().map(\.result)
        }
        #expect(results[0].map(\.harmed) == results[1].map(\.harmed))
        #expect(results[0].map(\.contacts) == results[1].map(\.contacts))
        #expect(results[0].map(\.stoppedAfter) == results[1].map(\.stoppedAfter))
    }

    /// Seeds are fixed here: these are statements about means. `./Deploy/bench waves` prints all of it.
    @Test func `bad versions are stopped with fewer ships harmed than by the others' rules`() throws
    {
        let comparison = RolloutComparison(ships: 200, days: 90, seeds: [1])
        for scenario in [
            RolloutScenario(name: "silences", silences: 0.5),
            RolloutScenario(name: "fails late", failsLate: 0.5),
        ] {
            let lines = comparison.lines(scenario)
            let ours = try #require(lines.first)
            #expect(ours.policy == "Hawser")
            #expect(ours.done == 0, "\(scenario.name)")
            for other in lines.dropFirst() {
                #expect(ours.harmed <= other.harmed, "\(scenario.name): \(other.policy)")
            }
        }
    }

    @Test func `a sound version is not stopped, and arrives`() throws {
        let fleet = SimulatedFleet(seed: 1, ships: 150)
        fleet.sail(days: 60)
        let result = fleet.deploy(
            RolloutScenario(name: "sound"),
            version: SimulatedVersion(2),
            by: HawserPolicy(),
            days: 240
        )
        #expect(!result.isStopped && !result.isHeld)
        let days = try #require(result.doneAfter)
        #expect(days < 240)
    }
}
