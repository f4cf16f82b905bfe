import FleetModel

/// How much, how often and how long.
package struct WebhookLimits: Sendable {
    package static let standard = WebhookLimits()

    /// Of a tenant.
    package var webhooks = 100
    /// That wait for one webhook: what comes on top is dead at once, and seen to be.
    package var waiting: Int64 = 10_000
    package var attempts: Int32 = 50
    package var age = Duration.seconds(2 * 86_400)
    /// Between attempts at one delivery: from this, doubled, up to that. 50 of them outlast two days.
    package var retryFloor = Duration.seconds(1)
    package var retryCeiling = Duration.seconds(3600)
    /// For which a webhook that failed is left alone, whatever waits for it.
    package var pauseCeiling = Duration.seconds(60)
    /// For which a delivery is this process's: longer than an attempt may last.
    package var lease = Duration.seconds(60)
    /// Deliveries that are over are shown for this long.
    package var shown = Duration.seconds(30 * 86_400)
    /// Webhooks of all tenants that are served at once.
    package var slots = 64

    package init() {}

    /// - Parameters:
    ///   - attempt: from 1.
    ///   - random: in 0..<1.
    func delay(after attempt: Int32, upTo ceiling: Duration, random: Double) -> Duration {
        var backoff = Backoff(floor: retryFloor, ceiling: ceiling)
        var delay = retryFloor
        for _ in 0..<min(max(attempt, 1), 40) { delay = backoff.next(random: random) }
        return delay
    }
}
