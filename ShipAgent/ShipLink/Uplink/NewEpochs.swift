import FleetModel
import FleetProtocol
import Logging
import ShipDomain
import ShipStore
import Synchronization

/// Begins a new epoch where ship and shore do not mean the same bytes any more: a shore restored from
/// a backup asks for what is not aboard, or this store is itself an old copy.
final class NewEpochs: Sendable {
    private let store: ShipStore
    private let notebook: Notebook
    private let logger: Logger
    private let lastAt = Mutex<ContinuousClock.Instant?>(nil)

    /// A fault on either side must not have a ship begin anew for ever: each time costs the labels of
    /// every series.
    private static let interval = Duration.seconds(600)

    init(store: ShipStore, notebook: Notebook, logger: Logger) {
        self.store = store
        self.notebook = notebook
        self.logger = logger
    }

    /// - Parameter truth: where the shore said that it stands, if it said so.
    /// - Returns: whether the next session may open at once.
    func begin(truth: [LanePosition], because reason: String) async -> Bool {
        let now = ContinuousClock.now
        let mayBegin = lastAt.withLock { last in
            if let last, now - last < Self.interval { return false }
            last = now
            return true
        }
        guard mayBegin else { return false }
        do {
            let lost = try await store.beginEpoch(truth: truth)
            let parts = lost.sorted { $0.key.rawValue < $1.key.rawValue }
                .map { "\($0.value) of \($0.key)" }.joined(separator: ", ")
            await notebook.note(
                lost.isEmpty ? .warning : .critical,
                "new_epoch",
                "began anew (\(reason)); "
                    + (lost.isEmpty ? "nothing aboard is lost" : "can't be read any more: \(parts)")
            )
            return true
        } catch {
            logger.error("a new epoch could not be begun: \(error)")
            return false
        }
    }
}
