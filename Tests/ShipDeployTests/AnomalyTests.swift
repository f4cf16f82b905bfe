import FleetDeploy
import FleetModel
import FleetProtocol
import FleetTestSupport
import ShipDeploy
import ShipDomain
import ShipStore
import Testing

/// The share of anomalies as a probe: what is usual is learnt before a version runs, and judged after.
@Suite(.timeLimit(.minutes(10)))
struct AnomalyTests {
    // MARK: The rule

    private static func noise(_ count: Int, _ seed: UInt64, at level: Double = 20) -> [Double] {
        var random = SeededGenerator(seed: seed)
        // The sum of twelve: near enough to a normal distribution with a deviation of one.
        return (0..<count).map { _ in
            level - 6
                + (0..<12).reduce(0) { sum, _ in sum + Double.random(in: 0..<1, using: &random) }
        }
    }

    private static func judged(_ before: [Double], _ after: [Double]) -> UsualValues {
        var usual = UsualValues()
        for value in before { usual.add(value) }
        usual.judge(bound: 6)
        for value in after { usual.add(value) }
        return usual
    }

    @Test func `median and deviation are those of the distribution, whatever a third of it is`()
        throws
    {
        let values = Self.noise(200, 3) + [Double](repeating: 1e9, count: 56)
        let measure = try #require(UsualValues.measure(values, bound: 6))
        #expect(abs(measure.center - 20) < 1)
        #expect(0.7..<2 ~= measure.deviation)
    }

    @Test func `noise that goes on as it was raises nothing, a shift does`() {
        let before = Self.noise(300, 4)
        #expect(Self.judged(before, Self.noise(2000, 5)).excess == 0)
        let shifted = Self.judged(before, Self.noise(100, 6, at: 40))
        #expect(shifted.beyond == 100)
        #expect(shifted.excess == 100)
    }

    @Test func `peaks that were there before do not count, more of them do`() {
        func peaks(_ count: Int, every period: Int) -> [Double] {
            (0..<count).map { $0 % period == 0 ? 50 : 0 }
        }
        #expect(Self.judged(peaks(256, every: 20), peaks(400, every: 20)).excess < 2)
        #expect(Self.judged(peaks(256, every: 20), peaks(400, every: 3)).excess > 90)
    }

    @Test func `a series that never moved may not begin to`() {
        let still = [Double](repeating: 7, count: 60)
        #expect(Self.judged(still, still).excess == 0)
        #expect(Self.judged(still, still.map { $0 + 1 }).excess == 60)
        #expect(Self.judged(still, [.nan, .infinity]).excess == 2)
    }

    @Test func `too few values say nothing`() {
        #expect(UsualValues.measure(Self.noise(29, 1), bound: 6) == nil)
        #expect(UsualValues.measure(Self.noise(30, 1), bound: 6) != nil)
    }

    // MARK: Recorded series

    /// Values that teach; what comes behind them is judged.
    private static let before = 35

    /// The values of every series of a recorded quarter of an hour.
    private static func recorded(_ name: String) throws -> [String: [Double]] {
        let folders = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
        let path = folders.joined(separator: "/") + "/Fixtures/Scrapes15s/\(name).jsonl.xz"
        var file = try RecordedScrapes(path: path)
        var series: [String: [Double]] = [:]
        while let scrape = try file.next() {
            guard case .body(let body) = scrape.result else { continue }
            for line in String(decoding: body, as: UTF8.self).split(separator: "\n")
            where !line.hasPrefix("#") {
                guard let space = line.lastIndex(of: " "),
                    let value = Double(line[line.index(after: space)...])
                else { continue }
                series[String(line[..<space]), default: []].append(value)
            }
        }
        return series
    }

    /// Whether two twentieths more than before are beyond, as a probe with 50 thousandths asks.
    private static func alarms(_ values: [Double], after change: (Double) -> Double) -> Bool {
        let usual = judged(Array(values.prefix(before)), values.dropFirst(before).map(change))
        return usual.excess > max(0.05 * Double(usual.seen), 2)
    }

    @Test
    func `of recorded series that stay as they are few raise anything, once they jump most do`()
        throws
    {
        var (count, alarms, moving, found) = (0, 0, 0, 0)
        for (series, values) in try Self.recorded("scrapes-node") where values.count >= 60 {
            // Counters are looked at by what they grow.
            let isCounter = ["_total", "_count", "_sum", "_bucket"].contains {
                series.prefix { $0 != "{" }.hasSuffix($0)
            }
            let looked = isCounter ? zip(values, values.dropFirst()).map { $1 - $0 } : values
            guard looked.allSatisfy(\.isFinite) else { continue }
            count += 1
            if Self.alarms(looked, after: { $0 }) { alarms += 1 }
            let measure = try #require(
                UsualValues.measure(Array(looked.prefix(Self.before)), bound: 6)
            )
            guard measure.deviation > 0 else { continue }
            moving += 1
            if Self.alarms(looked, after: { $0 + 20 * measure.deviation }) { found += 1 }
        }
        print("\(count) recorded series: \(alarms) alarms; \(moving) move: \(found) jumps found")
        // Memory that fills, and what a load began to do meanwhile, are among them: such series are no
        // measure of a version.
        #expect(count > 400)
        #expect(alarms * 10 < count)
        #expect(found * 10 > moving * 9)
    }

    // MARK: Aboard

    private static let source: SlotConfiguration.AnomalySource = {
        guard let series = MetricSelector("residual{job=\"model\"}") else {
            preconditionFailure("it is a selector")
        }
        return SlotConfiguration.AnomalySource(series: series)
    }()

    private static let contract = AcceptanceContract(
        probes: [Probe(.anomalies(atMost: 50), interval: 30, failures: 2)],
        soak: 60,
        deadMan: 7200
    )

    /// Values half a minute apart, the newest now.
    private static func tell(
        _ values: [Double],
        _ scene: Scene,
        _ agent: Agent
    ) async throws {
        let detector = try #require(agent.service.detectors.first)
        let labels = LabelSet(name: "residual", ["job": "model"])
        let number = try await agent.store.write { writer in
            try writer.resolve([(labels, .gauge)])[0]
        }
        try await detector.tend()
        for value in values {
            scene.clock.pass(30)
            await detector.take(
                number,
                SeriesWatch.Value(at: scene.clock.now.wall, value: value)
            )
            try await agent.service.turn()
        }
        try await detector.tend()
    }

    private static func withShip(
        _ body: (Scene, Agent, _ old: Artifact, _ new: Artifact) async throws -> Void
    ) async throws {
        try await withScene(anomalies: [source]) { scene in
            let agent = try await scene.trusting()
            let (old, new) = try scene.versions()
            try await agent.take(try scene.signed(scene.install(old, replaces: nil), 2))
            try await agent.sail([try old.delta(from: nil)])
            let order = scene.install(new, replaces: old, contract: contract)
            #expect(try await agent.take(try scene.signed(order, 3)).isTaken)
            let cargo = try new.delta(from: old)
            try await agent.desk.offered(cargo.offer)
            try await agent.fetch([cargo])
            try await agent.service.turn()
            try await body(scene, agent, old, new)
        }
    }

    @Test func `a version waits until it is known what is usual, and stays if that goes on`()
        async throws
    {
        try await Self.withShip { scene, agent, old, new in
            let task = try #require(try await agent.slot().task)
            #expect(task.phase == .armed)
            #expect(task.waitsFor?.hasPrefix("0 values of residual") == true)
            try await Self.tell(Self.noise(29, 7), scene, agent)
            #expect(try await agent.slot().task?.phase == .armed)
            try await Self.tell(Self.noise(2, 8), scene, agent)
            #expect(try await agent.slot().task?.phase == .soaking)
            // Nothing came since: that proves nothing, and is no failure.
            scene.clock.pass(600)
            try await agent.service.turn()
            #expect(try await agent.slot().task?.phase == .soaking)
            try await Self.tell(Self.noise(20, 9), scene, agent)
            #expect(try await agent.slot().current == new.digest)
            #expect(try await agent.states().last == .succeeded)
        }
    }

    @Test func `a version that brings anomalies goes back, over a restart of the agent too`()
        async throws
    {
        try await Self.withShip { scene, agent, old, new in
            try await Self.tell(Self.noise(40, 10), scene, agent)
            #expect(try await agent.slot().task?.phase == .soaking)
            let next = try scene.start()
            try await Self.tell(Self.noise(10, 11, at: 60), scene, next)
            #expect(try await next.slot().current == old.digest)
            let last = try #require(try await next.outcomes().last)
            #expect(last.state == .failedRolledBack)
            #expect(last.reason.contains("residual"), "\(last.reason)")
            // What the bad version did was not learnt: the next one is held to what was usual before.
            #expect(try await next.slot().task == nil)
        }
    }

    @Test func `a slot that names no series refuses the question`() async throws {
        try await withScene { scene in
            let agent = try await scene.trusting()
            let (old, _) = try scene.versions()
            let order = scene.install(old, replaces: nil, contract: Self.contract)
            #expect(try await agent.take(try scene.signed(order, 2)).refusal == "no_such_probe")
        }
    }
}
