import CoreDomain
import FleetRuntime
import Logging
import Synchronization

/// Writes down a session's use of the link every few seconds and at its end.
final class UsageMeter: Sendable {
    private let session: IngestSession
    private let counter: ByteCounter
    private let logger: Logger
    private let isStopped = Mutex(false)

    init(session: IngestSession, counter: ByteCounter, logger: Logger) {
        self.session = session
        self.counter = counter
        self.logger = logger
    }

    func stop() {
        isStopped.withLock { $0 = true }
    }

    /// Also makes the inbox look at how long its bytes have waited.
    func run(_ inbox: SessionInbox) async {
        var noted = (at: ContinuousClock.now, up: 0, down: 0)
        var lookedAt = ContinuousClock.now
        var isFirst = true
        while true {
            let stopped = isStopped.withLock { $0 }
            let now = ContinuousClock.now
            if isFirst || stopped || now - lookedAt >= SyncLimits.usageInterval {
                let totals = counter.totals
                // A link that is cut at sea says nothing: time counts up to the last byte heard.
                let heard = max(noted.at, counter.lastHeard)
                let usage = LinkUsage(
                    connected: heard - noted.at,
                    bytesUp: totals.up - noted.up,
                    bytesDown: totals.down - noted.down,
                    sessions: isFirst ? 1 : 0
                )
                do {
                    try await session.note(usage)
                    noted = (heard, totals.up, totals.down)
                    lookedAt = now
                    isFirst = false
                } catch {
                    // Kept in `noted`: the next time writes it with what came since.
                    logger.debug("link usage was not written down: \(error)")
                }
            }
            if stopped || Task.isCancelled { return }
            await inbox.tick()
            try? await Task.sleep(for: .milliseconds(250))
        }
    }
}
