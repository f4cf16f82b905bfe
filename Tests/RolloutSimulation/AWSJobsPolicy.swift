import CoreDeploy
import FleetDeploy
import FleetModel

/// AWS IoT Jobs with a constant rate of one device a minute, the slowest that there is, and an abort
/// criterion: when at least so many executions have ended and of them at least so many percent failed, what is
/// queued is canceled and what is in progress goes on.
///
/// The documentation leaves open whether the share is of executions that ended or of those that began: this
/// is of those that ended, which stops sooner.
package final class AWSJobsPolicy: RolloutPolicy {
    package let name: String
    package let revokes = false
    package private(set) var stoppedAt: Int64?
    private let percent: Double
    private let minimum: Int
    /// Seconds from a ship's first report after which its execution counts as timed out, and as failed.
    private let timeout: Int64?
    private var queuedAt: [Int64] = []
    private var orders: [UInt64?] = []
    private var startedAt: [Int64?] = []
    private var ended: [Bool] = []
    private var failures = 0
    private var executed = 0

    package init(percent: Double, minimum: Int, timeoutDays: Int64? = nil) {
        let limit = timeoutDays.map { ", ALL, \($0) days" } ?? ", FAILED"
        name = "AWS IoT Jobs, \(Int(percent)) % of at least \(minimum)\(limit)"
        self.percent = percent
        self.minimum = minimum
        timeout = timeoutDays.map { $0 * 86_400 }
    }

    package func begin(
        waves: [[Int]],
        usualSilences: [Duration?],
        version: SimulatedVersion,
        at now: Int64
    ) {
        let count = usualSilences.count
        queuedAt = Array(repeating: .max, count: count)
        for (place, ship) in waves.joined().enumerated() {
            queuedAt[ship] = now + Int64(place) * 60
        }
        orders = Array(repeating: nil, count: count)
        startedAt = Array(repeating: nil, count: count)
        ended = Array(repeating: false, count: count)
        failures = 0
        executed = 0
        stoppedAt = nil
    }

    package func releases(_ ship: Int, at now: Int64) -> Bool {
        stoppedAt == nil && queuedAt[ship] <= now && orders[ship] == nil
    }

    package func released(_ ship: Int, activation: UInt64) { orders[ship] = activation }

    package func took(
        _ reports: [ShipReport],
        from ship: Int,
        through position: UInt64,
        at now: Int64
    ) {
        for report in reports where report.activation == orders[ship] && !ended[ship] {
            if startedAt[ship] == nil { startedAt[ship] = now }
            guard report.state.isFinal else { continue }
            end(ship, isFailure: report.state != .succeeded)
        }
    }

    private func end(_ ship: Int, isFailure: Bool) {
        ended[ship] = true
        executed += 1
        if isFailure { failures += 1 }
    }

    package func step(at now: Int64) {
        guard stoppedAt == nil else { return }
        if let timeout {
            for ship in ended.indices where !ended[ship] {
                guard let started = startedAt[ship], now - started > timeout else { continue }
                end(ship, isFailure: true)
            }
        }
        if executed >= minimum, Double(failures) * 100 >= percent * Double(executed) {
            stoppedAt = now
        }
    }
}
