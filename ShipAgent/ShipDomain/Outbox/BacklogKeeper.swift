import FleetModel
import FleetRuntime
import Logging
import ServiceLifecycle
import ShipStore

/// Takes fresh samples that found no link in time out of their lane, and seals what waits anew into
/// long segments: a quarter fewer bytes, when there is nothing else to do for the link. What is too
/// much even so is thinned.
package struct BacklogKeeper: Service {
    private let store: ShipStore
    private let thinner: Thinner
    private let logger: Logger
    private let interval: Duration

    package init(store: ShipStore, thinner: Thinner, logger: Logger) {
        self.store = store
        self.thinner = thinner
        self.logger = logger
        // Often enough that nothing waits much longer than was configured.
        interval = max(.milliseconds(100), min(store.backlogAfter / 10, .seconds(60)))
    }

    package func run() async throws {
        let throttle = Throttle(every: .seconds(60))
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            do {
                try await tend()
            } catch let error as StoreError where error.isRetryable {
                throttle.log(logger, .warning, "the backlog is left as it is: \(error)")
            } catch is CancellationError {
                break
            } catch {
                // What is in the lane still goes ashore from there.
                throttle.log(logger, .error, "the backlog can't be sealed anew: \(error)")
            }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: interval) }
        }
    }

    /// One round: every step is a transaction of its own, so that others come between.
    package func tend() async throws {
        while try await store.tidy({ try $0.withdraw() }).segments > 0 {
            if Task.isShuttingDownGracefully { return }
        }
        while try await store.tidy({ try $0.compactPool() }).segments > 0 {
            if Task.isShuttingDownGracefully { return }
        }
        let thinned = try await thinner.tend()
        if thinned > 0 {
            logger.notice(
                "more waits than the link or the disk can take: \(thinned) samples were thinned"
            )
        }
    }
}
