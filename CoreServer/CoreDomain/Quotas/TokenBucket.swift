import FleetModel

/// Fills at a rate up to a size; whoever takes more than is there waits.
struct TokenBucket: Sendable {
    private var level: Double
    private var filledAt: ContinuousClock.Instant

    init(size: Double, at now: ContinuousClock.Instant) {
        level = size
        filledAt = now
    }

    private mutating func fill(rate: Double, size: Double, at now: ContinuousClock.Instant) {
        level = min(size, level + max(0, (now - filledAt).inSeconds) * rate)
        filledAt = now
    }

    /// Takes one if there is one.
    ///
    /// - Returns: seconds until there is; `nil` when it was taken.
    mutating func takeOne(
        rate: Double,
        size: Double,
        at now: ContinuousClock.Instant
    ) -> Double? {
        fill(rate: rate, size: size, at: now)
        guard level >= 1 else { return (1 - level) / rate }
        level -= 1
        return nil
    }

    /// Takes what was used already, into debt if need be.
    mutating func charge(_ amount: Double) { level -= amount }

    /// Seconds until the debt is paid; 0 where there is none.
    mutating func debt(rate: Double, size: Double, at now: ContinuousClock.Instant) -> Double {
        fill(rate: rate, size: size, at: now)
        return max(0, -level / rate)
    }
}
