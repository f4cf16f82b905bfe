import FleetModel
import Synchronization

/// The time between two sessions: since when the link is away, and whether the next connection was
/// of use.
final class Outage: Sendable {
    /// `nil` at the agent's start, when nobody knows.
    let since: Timestamp?
    private let opened = Atomic<Bool>(false)
    private let progressed = Atomic<Bool>(false)

    init(since: Timestamp? = nil) {
        self.since = since
    }

    /// The shore has answered.
    func end() {
        opened.store(true, ordering: .relaxed)
    }

    /// The shore has acknowledged something new.
    func noteProgress() {
        progressed.store(true, ordering: .relaxed)
    }

    /// Whether the connection moved anything: one that is answered and then always fails must not
    /// be tried every second, a handshake costs 3 kB.
    var wasUseful: Bool { progressed.load(ordering: .relaxed) }

    /// The outage that follows a connection's end: a new one where the shore had answered.
    func next(at now: Timestamp) -> Outage {
        Outage(since: opened.load(ordering: .relaxed) ? now : since ?? now)
    }
}
