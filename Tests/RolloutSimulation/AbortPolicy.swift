import CoreDeploy
import FleetModel

/// Everybody gets the version at once, and after so many days a person aborts: for how well it is known
/// beforehand whom that reaches too late.
package final class AbortPolicy: RolloutPolicy {
    package let name: String
    package let revokes = true
    package private(set) var stoppedAt: Int64?
    private let days: Int64
    private var beganAt: Int64 = 0
    private var hasOrder: [Bool] = []

    package init(days: Int64) {
        self.days = days
        name = "aborted after \(days) days"
    }

    package func begin(
        waves: [[Int]],
        usualSilences: [Duration?],
        version: SimulatedVersion,
        at now: Int64
    ) {
        beganAt = now
        hasOrder = Array(repeating: false, count: usualSilences.count)
        stoppedAt = nil
    }

    package func releases(_ ship: Int, at now: Int64) -> Bool {
        stoppedAt == nil && !hasOrder[ship]
    }

    package func released(_ ship: Int, activation: UInt64) { hasOrder[ship] = true }

    package func took(
        _ reports: [ShipReport],
        from ship: Int,
        through position: UInt64,
        at now: Int64
    ) {}

    package func step(at now: Int64) {
        if stoppedAt == nil, now >= beganAt + days * 86_400 { stoppedAt = now }
    }
}
