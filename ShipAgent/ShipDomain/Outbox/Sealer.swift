import FleetModel
import FleetRuntime
import FleetSeries
import Logging
import ServiceLifecycle
import ShipStore

/// Seals accepted samples into segments when they are old enough, or many.
///
/// Longer means fewer bytes a sample, shorter means the shore knows earlier.
package struct Sealer: Service {
    /// How long a sample waits at most before it may be sent.
    private let age: Duration
    /// Samples that are sealed at once, however young.
    private let threshold: Int
    private let store: ShipStore
    private let clock: WallClock
    private let logger: Logger

    package init(
        store: ShipStore,
        age: Duration,
        threshold: Int = 250_000,
        clock: WallClock,
        logger: Logger
    ) {
        self.store = store
        self.age = age
        self.threshold = threshold
        self.clock = clock
        self.logger = logger
    }

    package func run() async throws {
        // Often enough that a sample is not much older than asked; a look costs one small query.
        let interval = max(.milliseconds(100), min(age / 4, .seconds(5)))
        let throttle = Throttle(every: .seconds(60))
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            do {
                // What is left when a pass was full goes in the next, without a pause.
                while try await seal(before: clock.now() - age) > 0 {}
            } catch let error as StoreError where error.isRetryable {
                // The disk is full: the samples stay in the window.
                throttle.log(logger, .warning, "nothing can be sealed: \(error)")
            } catch is CancellationError {
                break
            } catch {
                // Samples stay in the window; ending the agent would help nobody.
                throttle.log(logger, .error, "nothing can be sealed: \(error)")
            }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: interval) }
        }
        // What was accepted goes into the outbox, so that the next run has less to do.
        _ = try? await seal(before: Timestamp(milliseconds: .max))
    }

    private func seal(before moment: Timestamp) async throws -> Int {
        let threshold = threshold
        let now = clock.now()
        // A segment is a tenth of its samples in the window: sealing makes room.
        return try await store.tidy { writer in
            var encoder = MetricsSegmentEncoder()
            return try writer.sealWindow(
                acceptedBefore: moment,
                orAtLeast: threshold,
                now: now,
                encoder: &encoder
            )
        }
    }
}
