import FleetModel
import FleetRuntime
import ServiceLifecycle

/// Says it when somebody, or something, sets the ship's clock: what was stored before and after bears
/// times that don't fit together, and only the ship can know by how much.
package struct ClockWatch: Service {
    private let notebook: Notebook
    private let clock: WallClock
    private let interval: Duration

    package init(
        notebook: Notebook,
        clock: WallClock,
        interval: Duration = .seconds(1)
    ) {
        self.notebook = notebook
        self.clock = clock
        self.interval = interval
    }

    package func run() async throws {
        var hand = ClockHand(clock)
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: interval) }
            let jump = hand.jump()
            // A clock that is slewed moves by half a millisecond a second.
            if abs(jump.milliseconds) > ClockHand.tolerance.milliseconds {
                let now = clock.now()
                await notebook.note(
                    .warning,
                    "clock_jumped",
                    "the ship's clock went from \(now - jump) to \(now), by "
                        + "\(jump.milliseconds) ms"
                )
            }
            hand = ClockHand(clock)
        }
    }
}
