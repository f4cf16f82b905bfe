import FleetModel
import FleetRuntime

/// Where the clock stood at one moment, held against time that nobody sets.
package struct ClockHand: Sendable {
    /// What a clock may go wrong by before anybody is told: scheduling and leap smearing stay below.
    package static let tolerance = Duration.seconds(1)

    private let clock: WallClock
    private let steady: @Sendable () -> Duration
    private let shown: Timestamp
    private let passed: Duration

    /// - Parameter steady: time since some moment, also while the machine sleeps.
    package init(
        _ clock: WallClock,
        steady: @escaping @Sendable () -> Duration = { ContinuousClock.now - Self.start }
    ) {
        self.clock = clock
        self.steady = steady
        shown = clock.now()
        passed = steady()
    }

    /// How much further the clock went since then than time did; negative where it was set back.
    package func jump() -> Duration {
        (clock.now() - shown) - (steady() - passed)
    }

    private static let start = ContinuousClock.now
}
