import FleetModel
import FleetProtocol
import Synchronization

/// The time between two sessions: since when the link is away, what was under way when it went, and
/// whether the next connection was of use.
final class Outage: Sendable {
    /// `nil` at the agent's start, when nobody knows.
    let since: ContinuousClock.Instant?
    /// Lanes of which the shore may have more than it could acknowledge.
    let inDoubt: Set<Lane>
    private let opened = Atomic<Bool>(false)
    private let progressed = Atomic<Bool>(false)
    /// The link as the last session that could tell knew it.
    let estimate: SendWindow.Estimate?
    private let left: Mutex<(lanesInFlight: Set<Lane>, estimate: SendWindow.Estimate?)>

    /// At the agent's start every lane is in doubt: what the agent before it sent is not known.
    init(
        since: ContinuousClock.Instant? = nil,
        inDoubt: Set<Lane> = Set(Lane.allCases),
        estimate: SendWindow.Estimate? = nil
    ) {
        self.since = since
        self.inDoubt = inDoubt
        self.estimate = estimate
        left = Mutex((inDoubt, estimate))
    }

    /// The shore has answered.
    func end() {
        opened.store(true, ordering: .relaxed)
    }

    /// The shore has acknowledged something new.
    func noteProgress() {
        progressed.store(true, ordering: .relaxed)
    }

    var wasOpened: Bool { opened.load(ordering: .relaxed) }

    /// Whether the connection moved anything.
    var wasUseful: Bool { progressed.load(ordering: .relaxed) }

    /// The session is over, these lanes have bytes that were not acknowledged, and this is what it
    /// learnt of the link, if anything.
    func sessionEnded(lanesInFlight: Set<Lane>, estimate: SendWindow.Estimate?) {
        left.withLock { $0 = (lanesInFlight, estimate ?? $0.estimate) }
    }

    /// The outage that follows a connection's end: a new one where the shore had answered.
    func next(at now: ContinuousClock.Instant = .now) -> Outage {
        let since = wasOpened ? now : since ?? now
        let (lanesInFlight, estimate) = left.withLock { $0 }
        return Outage(since: since, inDoubt: lanesInFlight, estimate: estimate)
    }
}
