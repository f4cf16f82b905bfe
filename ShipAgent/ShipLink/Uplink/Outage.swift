import FleetModel
import Synchronization

/// The time between two sessions: since when the link is away, and whether it came back.
final class Outage: Sendable {
    /// `nil` at the agent's start, when nobody knows.
    let since: Timestamp?
    private let opened = Atomic<Bool>(false)

    init(since: Timestamp? = nil) {
        self.since = since
    }

    /// The shore has answered.
    func end() {
        opened.store(true, ordering: .relaxed)
    }

    var wasOpened: Bool { opened.load(ordering: .relaxed) }

    /// The outage that follows a connection's end: a new one where the shore had answered.
    func next(at now: Timestamp) -> Outage {
        Outage(since: wasOpened ? now : since ?? now)
    }
}
