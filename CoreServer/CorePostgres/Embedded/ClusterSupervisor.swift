import FleetModel
import FleetRuntime
import Logging
import ServiceLifecycle
import Synchronization

/// Brings an embedded PostgreSQL back that has ended while it is in use: killed, out of memory, or
/// stopped by hand.
///
/// The pools find it again by themselves, in the same place. A crash of one of its processes is
/// PostgreSQL's own to recover from.
package final class ClusterSupervisor: Service {
    /// A look costs two small files of `/proc`.
    private static let interval = Duration.milliseconds(500)
    /// The first attempt comes at once. One that ends again and again, as on a full disk, shall not
    /// keep the machine busy.
    private static let retryFloor = Duration.seconds(1)
    private static let retryCeiling = Duration.seconds(60)
    /// After this long the next end is a new trouble.
    private static let soundFor = Duration.seconds(300)

    private let thread: ClusterThread
    private let restarts: Counter
    private let logger: Logger
    private let isDown = Atomic(false)

    /// - Parameter restarts: counts how often it was brought back.
    package init(_ cluster: EmbeddedCluster, restarts: Counter, logger: Logger) {
        thread = cluster.thread
        self.restarts = restarts
        self.logger = logger
    }

    /// Whether the server has ended and isn't back yet.
    package var isRestarting: Bool { isDown.load(ordering: .relaxed) }

    /// Lives until graceful shutdown or cancellation.
    package func run() async throws {
        await cancelWhenGracefulShutdown { await self.watch() }
    }

    private func watch() async {
        var backoff = Backoff(floor: Self.retryFloor, ceiling: Self.retryCeiling)
        var lastBack: ContinuousClock.Instant?
        while await Self.pause(Self.interval) {
            guard await !thread.isRunning() else { continue }
            if let lastBack, ContinuousClock.now - lastBack > Self.soundFor { backoff.reset() }
            isDown.store(true, ordering: .relaxed)
            logger.warning("the embedded database has ended: starting it again")
            if lastBack != nil, await !Self.pause(Self.delay(&backoff)) { return }
            guard await bringBack(&backoff) else { return }
            lastBack = .now
            isDown.store(false, ordering: .relaxed)
        }
    }

    /// - Returns: `false` where there is no time left for it.
    private func bringBack(_ backoff: inout Backoff) async -> Bool {
        var told: String?
        while true {
            do {
                if try await thread.restart() {
                    restarts.increment()
                    return true
                }
                // Whoever starts it is done soon, or gone.
                guard await Self.pause(Self.interval) else { return false }
                if await thread.isRunning() { return true }
            } catch {
                let reason = "\(error)"
                if reason != told { logger.error("the embedded database stays down: \(reason)") }
                told = reason
                guard await Self.pause(Self.delay(&backoff)) else { return false }
            }
        }
    }

    private static func delay(_ backoff: inout Backoff) -> Duration {
        backoff.next(random: .random(in: 0..<1))
    }

    /// - Returns: `false` where it was cut short.
    private static func pause(_ duration: Duration) async -> Bool {
        (try? await Task.sleep(for: duration)) != nil
    }
}
