/// Doubling delays between a floor and a ceiling, with jitter so that a fleet does not return as
/// one when the shore does.
package struct Backoff: Sendable {
    private let floor: Duration
    private let ceiling: Duration
    private var current: Duration

    package init(floor: Duration, ceiling: Duration) {
        precondition(floor > .zero && floor <= ceiling, "a delay must be positive and bounded")
        self.floor = floor
        self.ceiling = ceiling
        self.current = floor
    }

    /// The next delay: between half and all of the doubled one. `random` is in 0..<1.
    package mutating func next(random: Double) -> Duration {
        let delay = current
        current = min(current * 2, ceiling)
        return delay * (0.5 + random / 2)
    }

    package mutating func reset() {
        current = floor
    }
}
