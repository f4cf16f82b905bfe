import Logging
import ServiceLifecycle

/// Runs a body every interval until graceful shutdown.
///
/// A body that throws is logged (the same service at most once a minute) and tried again at the
/// next turn: what must not be retried has no place here. Shutdown ends the wait at once and lets
/// a running body finish; cancellation cancels it.
package struct PeriodicService: Service {
    /// How often the failures of one service may be logged.
    package static let failureLogInterval = Duration.seconds(60)

    package let name: String
    private let interval: Duration
    private let jitter: Double
    private let isFirstImmediate: Bool
    private let clock: any Clock<Duration>
    private let random: @Sendable () -> Double
    private let logger: Logger
    private let throttle = Throttle(every: PeriodicService.failureLogInterval)
    private let body: @Sendable () async throws -> Void

    /// - Parameters:
    ///   - name: what the log calls it, a noun: `retention`.
    ///   - interval: from the end of one run to the start of the next.
    ///   - jitter: the part of the interval that is drawn anew each time, so that a thousand
    ///     processes started together do not stay together; 0.1 means 90 % to 110 %.
    ///   - isFirstImmediate: run once at the start instead of waiting an interval first.
    ///   - clock: what the wait is measured with.
    ///   - random: a number in 0..<1.
    ///   - logger: where failures go.
    ///   - body: one run.
    package init(
        name: String,
        interval: Duration,
        jitter: Double = 0.1,
        isFirstImmediate: Bool = true,
        clock: any Clock<Duration> = ContinuousClock(),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        logger: Logger,
        body: @escaping @Sendable () async throws -> Void
    ) {
        precondition(interval > .zero, "\(name) needs an interval")
        precondition((0..<1).contains(jitter), "\(name): jitter is a part of the interval")
        self.name = name
        self.interval = interval
        self.jitter = jitter
        self.isFirstImmediate = isFirstImmediate
        self.clock = clock
        self.random = random
        self.logger = logger
        self.body = body
    }

    package func run() async throws {
        if !isFirstImmediate { await pause() }
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do {
                try await body()
            } catch {
                if Task.isCancelled { return }
                throttle.log(
                    logger,
                    .error,
                    "periodic work failed and will be tried again",
                    metadata: [
                        LogKey.service: .string(name),
                        LogKey.error: .string(CommandLineFailure.describe(error)),
                    ]
                )
            }
            await pause()
        }
    }

    private func pause() async {
        let delay = interval * (1 + jitter * (2 * random() - 1))
        // The only error is the end of the wait, which the loop's condition sees.
        try? await cancelWhenGracefulShutdown { [clock] in
            try await clock.sleep(for: delay)
        }
    }
}
