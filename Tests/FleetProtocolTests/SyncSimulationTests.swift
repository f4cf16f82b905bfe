import FleetProtocol
import FleetTestSupport
import Glibc
import Testing

/// Ship and shore together. `HAWSER_SIMULATIONS` asks for more of them.
struct SyncSimulationTests {
    private static let count =
        getenv("HAWSER_SIMULATIONS").flatMap { Int(String(cString: $0)) } ?? 300

    @Test(.timeLimit(.minutes(10)))
    func `every byte is committed once and in order over any link, and none is sent without need`()
    {
        let seed = SeededGenerator.seed(name: "sync simulation")
        var cuts = 0
        for ordinal in 0..<Self.count {
            var simulation = SyncSimulation(seed: seed &+ UInt64(ordinal))
            do {
                try simulation.run()
            } catch {
                Issue.record("simulation \(seed &+ UInt64(ordinal)): \(error)")
            }
            cuts += simulation.cuts
        }
        #expect(cuts > Self.count, "a link that is never cut proves nothing")
    }

    @Test(.timeLimit(.minutes(10)), arguments: SimulatedShore.Fault.allCases)
    func `a planted bug is found`(fault: SimulatedShore.Fault) {
        let seed = SeededGenerator.seed(name: "planted \(fault)")
        let found = (0..<50).contains { ordinal in
            var simulation = SyncSimulation(seed: seed &+ UInt64(ordinal), fault: fault)
            return (try? simulation.run()) == nil
        }
        #expect(found)
    }
}
