import FleetDeploy
import FleetModel
import FleetRuntime
import ShipStore

/// Asks a contract's questions of the ship itself.
package actor Prober {
    /// A series without a value for so long tells nothing any more.
    static let valueAge: Int64 = 5 * 60_000

    private struct Search {
        var numbers: [SeriesNumber] = []
        /// Series below it were looked at.
        var next = SeriesNumber(0)
    }

    private let store: ShipStore
    private let clock: ShipClock
    private var searches: [MetricSelector: Search] = [:]

    package init(store: ShipStore, clock: ShipClock) {
        self.store = store
        self.clock = clock
    }

    /// Begins to keep the newest values of what the probes will ask for.
    func prepare(_ contract: AcceptanceContract) async {
        for probe in contract.probes {
            if case .metric(let text, _, _) = probe.question, let selector = MetricSelector(text) {
                _ = try? await numbers(selector)
            }
        }
    }

    func ask(
        _ probe: Probe,
        _ slot: SlotConfiguration,
        environment: [String: String],
        _ detector: AnomalyDetector?
    ) async throws -> ProbeAnswer {
        if case .anomalies(let most) = probe.question {
            return try await detector?.answer(atMost: most)
                ?? .trouble("the configuration names no series by which anomalies are known")
        }
        let trouble = try await trouble(probe, slot, environment: environment)
        return trouble.map { .trouble($0) } ?? .fine
    }

    /// - Returns: `nil` if the answer is fine; else why it is not, in one line.
    private func trouble(
        _ probe: Probe,
        _ slot: SlotConfiguration,
        environment: [String: String]
    ) async throws -> String? {
        switch probe.question {
        case .command(let name):
            guard let command = slot.probes[name] else {
                return "the configuration has no probe command \(name) any more"
            }
            do {
                let end = try await ChildCommand.run(
                    command,
                    environment: environment,
                    timeout: slot.timeout
                )
                return end.isFine ? nil : "probe \(name): \(end.description)"
            } catch let error as FileError {
                return "probe \(name): \(error)"
            }
        case .http(let port, let path):
            let probe = LoopbackProbe(port: port, path: path, seconds: 5)
            return try await OwnThread.run { probe.ask() }
        case .metric(let text, let comparison, let bound):
            guard let selector = MetricSelector(text) else { return "\(text) is no selector" }
            return try await judge(selector, comparison, bound)
        case .anomalies: return "the share of anomalies is the detector's to tell"
        }
    }

    /// Every series that has a value of the last minutes has to hold, and there has to be one.
    private func judge(
        _ selector: MetricSelector,
        _ comparison: Probe.Comparison,
        _ bound: Double
    ) async throws -> String? {
        let now = clock.now().wall
        var count = 0
        for number in try await numbers(selector) {
            guard let known = store.watch.newest(number), !StaleMarker.isStale(known.value) else {
                continue
            }
            let (age, isTooMuch) = now.milliseconds.subtractingReportingOverflow(
                known.at.milliseconds
            )
            guard !isTooMuch, abs(age) <= Self.valueAge else { continue }
            count += 1
            guard comparison.holds(known.value, bound) else {
                return "\(selector) is \(known.value)"
            }
        }
        return count > 0
            ? nil : "\(selector) has no value of the last \(Self.valueAge / 60_000) min"
    }

    /// The series that a selector means now: those found before, and new ones.
    func numbers(_ selector: MetricSelector) async throws -> [SeriesNumber] {
        var search = searches[selector] ?? Search()
        let found = try await store.series(with: selector.labels, from: search.next)
        search.numbers += found.numbers
        search.next = max(search.next, found.next)
        searches[selector] = search
        store.watch.watch(search.numbers)
        return search.numbers
    }
}
