import CoreDeploy
import FleetDeploy
import FleetModel

/// Eclipse hawkBit's rollout groups, as its code at 67ca1c433 (August 2026) decides them: a group succeeds when
/// FINISHED / all targets reaches the one threshold, and is in error when ERROR / all targets is above the
/// other; then the rollout is paused, and the targets of groups that have begun go on. A group whose actions
/// have all ended is followed by the next one. An action that has ended stays as it ended.
package final class HawkBitPolicy: RolloutPolicy {
    package let name: String
    package let revokes = false
    package private(set) var stoppedAt: Int64?
    private let success: Int
    private let error: Int
    private var waves: [[Int]] = []
    private var waveOf: [Int] = []
    private var open = 0
    private var orders: [UInt64?] = []
    private var ended: [Bool] = []
    private var finished: [Int] = []
    private var failed: [Int] = []

    /// - Parameters: whole percents.
    package init(success: Int, error: Int) {
        name = "hawkBit, success \(success) %, error \(error) %"
        self.success = success
        self.error = error
    }

    package func begin(
        waves: [[Int]],
        usualSilences: [Duration?],
        version: SimulatedVersion,
        at now: Int64
    ) {
        self.waves = waves
        waveOf = Array(repeating: 0, count: usualSilences.count)
        for (index, wave) in waves.enumerated() { for ship in wave { waveOf[ship] = index } }
        orders = Array(repeating: nil, count: usualSilences.count)
        ended = Array(repeating: false, count: usualSilences.count)
        finished = Array(repeating: 0, count: waves.count)
        failed = Array(repeating: 0, count: waves.count)
        open = 0
        stoppedAt = nil
    }

    package func releases(_ ship: Int, at now: Int64) -> Bool {
        waveOf[ship] <= open && orders[ship] == nil
    }

    package func released(_ ship: Int, activation: UInt64) { orders[ship] = activation }

    package func took(
        _ reports: [ShipReport],
        from ship: Int,
        through position: UInt64,
        at now: Int64
    ) {
        for report in reports where report.activation == orders[ship] && !ended[ship] {
            guard report.state.isFinal else { continue }
            ended[ship] = true
            if report.state == .succeeded {
                finished[waveOf[ship]] += 1
            } else {
                failed[waveOf[ship]] += 1
            }
        }
    }

    package func step(at now: Int64) {
        guard stoppedAt == nil else { return }
        for wave in 0...open where failed[wave] * 100 > error * waves[wave].count {
            stoppedAt = now
            return
        }
        let isComplete = finished[open] + failed[open] == waves[open].count
        if isComplete || finished[open] * 100 >= success * waves[open].count,
            open + 1 < waves.count
        {
            open += 1
        }
    }
}
