import FleetModel
import Synchronization

/// The time between two sessions: since when the link is away, what was under way when it went, and
/// whether the next connection was of use.
final class Outage: Sendable {
    /// `nil` at the agent's start, when nobody knows.
    let since: Timestamp?
    /// Lanes of which the shore may have more than it could acknowledge.
    let inDoubt: Set<Lane>
    private let opened = Atomic<Bool>(false)
    private let progressed = Atomic<Bool>(false)
    private let underWay: Mutex<Set<Lane>>

    /// At the agent's start every lane is in doubt: what the agent before it sent is not known.
    init(since: Timestamp? = nil, inDoubt: Set<Lane> = Set(Lane.allCases)) {
        self.since = since
        self.inDoubt = inDoubt
        underWay = Mutex(inDoubt)
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

    /// The session is over, and these lanes have bytes that were not acknowledged.
    func sessionEnded(lanesInFlight: Set<Lane>) {
        underWay.withLock { $0 = lanesInFlight }
    }

    /// The outage that follows a connection's end: a new one where the shore had answered.
    func next(at now: Timestamp) -> Outage {
        let since = wasOpened ? now : since ?? now
        return Outage(since: since, inDoubt: underWay.withLock { $0 })
    }
}
