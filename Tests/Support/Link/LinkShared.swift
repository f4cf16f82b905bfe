import Synchronization

/// The part of a link's state that other threads may see.
final class LinkShared: Sendable {
    let statistics = Mutex(LinkStatistics())
    private let outage = Atomic(false)

    var isOut: Bool {
        get { outage.load(ordering: .sequentiallyConsistent) }
        set { outage.store(newValue, ordering: .sequentiallyConsistent) }
    }

    func count(_ change: (inout LinkStatistics) -> Void) {
        statistics.withLock { change(&$0) }
    }
}
