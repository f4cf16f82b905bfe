import FleetDeploy
import FleetModel
import Logging
import ShipStore

/// Knows what is usual of a slot's series, and counts what is not from an activation on.
///
/// While nothing is being activated the newest values of each series teach it; from the activation to its end
/// they are judged and teach nothing, so that a bad version does not become what is usual.
package actor AnomalyDetector: SeriesFollower {
    /// Series of all selectors together; those found first.
    package static let seriesLimit = 32
    private static let tendEvery = Duration.seconds(60)
    /// What is learnt in between may be lost with the power; what decides is written down at once.
    private static let saveEvery: Int64 = 300_000

    nonisolated package let slot: SlotConfiguration
    private let store: ShipStore
    private let prober: Prober
    private let clock: ShipClock
    private var book: AnomalyBook?
    /// Of a series that several selectors mean, the first.
    private var sources: [SeriesNumber: SlotConfiguration.AnomalySource] = [:]
    private var meant: [SlotConfiguration.AnomalySource: [SeriesNumber]] = [:]
    private var isDirty = false
    private var savedAt: Int64?

    package init(
        _ slot: SlotConfiguration,
        store: ShipStore,
        prober: Prober,
        clock: ShipClock
    ) {
        self.slot = slot
        self.store = store
        self.prober = prober
        self.clock = clock
    }

    private var factKey: String { "anomalies/\(slot.name)" }

    nonisolated var subject: String { "the anomalies of slot \(slot.name)" }

    func run(_ logger: Logger) async {
        await follow(store, tendingEvery: Self.tendEvery, logger)
    }

    /// Looks which series there are, and writes down what was learnt.
    package func tend() async throws {
        try await load()
        var found: [SeriesNumber: SlotConfiguration.AnomalySource] = [:]
        for source in slot.anomalies {
            let numbers = try await prober.numbers(source.series)
            for number in numbers where found[number] == nil && found.count < Self.seriesLimit {
                found[number] = source
            }
            meant[source] = numbers.filter { found[$0] != nil }
        }
        sources = found
        book?.keep(Set(found.keys))
        let now = clock.now().uptime
        guard isDirty, now - (savedAt ?? .min / 2) >= Self.saveEvery else { return }
        try await save()
    }

    package func take(_ number: SeriesNumber, _ received: SeriesWatch.Value) {
        guard let source = sources[number], !StaleMarker.isStale(received.value) else { return }
        book?.take(number, received.value, at: received.at, isRate: source.isRate)
        isDirty = true
    }

    /// Why nothing can be judged yet; `nil` if it can.
    func reasonToWait() -> String? {
        for source in slot.anomalies {
            let count = book?.known(of: meant[source] ?? []) ?? 0
            if count < UsualValues.least {
                return "\(count) values of \(source.series) are known, "
                    + "\(UsualValues.least) are needed to tell what is usual"
            }
        }
        return nil
    }

    /// The version of this activation is about to run.
    func begin(_ activation: UInt64) async throws {
        try await load()
        guard book?.activation != activation else { return }
        book?.begin(activation, bounds: sources.mapValues(\.deviations))
        try await save()
    }

    /// Nothing is being activated.
    func rest() async throws {
        try await load()
        guard book?.activation != nil else { return }
        book?.rest()
        try await save()
    }

    func answer(atMost most: UInt32) async throws -> ProbeAnswer {
        try await load()
        let sources = sources
        return book?.answer(atMost: most) { sources[$0]?.series.description }
            ?? .unknown("nothing is known yet")
    }

    private func load() async throws {
        guard book == nil else { return }
        let text = try await store.fact(factKey)
        guard book == nil else { return }
        // What a newer program wrote in another form is learnt anew.
        book =
            text.flatMap { try? DeploymentText.decode(AnomalyBook.self, $0) } ?? AnomalyBook()
    }

    private func save() async throws {
        guard let book else { return }
        isDirty = false
        savedAt = clock.now().uptime
        let (key, text) = (factKey, try DeploymentText.encode(book))
        try await store.tidy { try $0.setFact(key, text) }
    }
}
