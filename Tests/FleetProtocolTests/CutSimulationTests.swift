import FleetTestSupport
import Testing

/// What a cut costs, and what a saturated link does to an event, over months of simulated time.
struct CutSimulationTests {
    @Test(.timeLimit(.minutes(10)), arguments: [16_000.0, 64_000.0], [0.0, 0.01])
    func `ten thousand cuts cost a twentieth at most, and events overtake all the while`(
        rate: Double,
        loss: Double
    ) throws {
        let seed = SeededGenerator.seed(name: "cuts at \(rate) B/s")
        var simulation = CutSimulation(seed: seed, link: .init(rate: rate, loss: loss))
        try simulation.run(cuts: 2500)
        let ratio = Double(simulation.sentBytes) / Double(simulation.storedBytes)
        let times = simulation.eventTimes.sorted()
        let p99 = Double(times[times.count * 99 / 100]) / 1e6
        let use = Double(simulation.sentBytes) / (Double(simulation.connectedTime) / 1e6 * rate)
        print(
            "\(simulation.cuts) cuts at \(Int(rate)) B/s, loss \(loss): sent \(ratio) × the payload, "
                + "\(simulation.wastedBytes) bytes came twice; \(times.count) events, p99 \(p99) s; "
                + "the link was used to \(use)"
        )
        #expect(ratio <= 1.05)
        #expect(p99 <= 0.6 + 1.5)
        #expect(use >= 0.8, "the window must not starve the link")
    }

    @Test(arguments: [0.0, 0.01])
    func `the window does not creep up while a connection lives for hours`(loss: Double) throws {
        let seed = SeededGenerator.seed(name: "long connections")
        let link = CutSimulation.Link(loss: loss, upTime: 10_000_000_000)
        var simulation = CutSimulation(seed: seed, link: link)
        try simulation.run(cuts: 6)
        let times = simulation.eventTimes.sorted()
        let p99 = Double(times[times.count * 99 / 100]) / 1e6
        let use = Double(simulation.sentBytes) / (Double(simulation.connectedTime) / 1e6 * 16_000)
        print("\(times.count) events, p99 \(p99) s; the link was used to \(use)")
        #expect(times.count > 200)
        #expect(p99 <= 0.6 + 1.5)
        #expect(use >= 0.8)
    }

    @Test func `without a window the same link costs more, and the simulation shows it`() throws {
        let seed = SeededGenerator.seed(name: "cuts without a window")
        var simulation = CutSimulation(seed: seed, link: .init(), isWindowIgnored: true)
        try simulation.run(cuts: 200)
        let ratio = Double(simulation.sentBytes) / Double(simulation.storedBytes)
        let times = simulation.eventTimes.sorted()
        #expect(ratio > 1.3)
        #expect(times[times.count * 9 / 10] > 2_100_000)
    }
}
