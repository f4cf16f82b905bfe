import CoreDeploy
import FleetDeploy
import FleetModel

/// The real gate: over each wave, and over all ships that have the order together.
package final class HawserPolicy: RolloutPolicy {
    package let name: String
    package let revokes: Bool
    package private(set) var stoppedAt: Int64?
    package private(set) var verdict: WaveVerdict?
    private let rule: WaveRule
    private var waves: [[Int]] = []
    private var waveOf: [Int] = []
    private var evidence: [ShipEvidence] = []
    private var open = 0
    private var isDirty = true

    package init(
        name: String = "Hawser",
        rule: WaveRule = WaveRule(),
        revokes: Bool = true
    ) {
        self.name = name
        self.rule = rule
        self.revokes = revokes
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
        evidence = usualSilences.map {
            ShipEvidence(digest: version.digest, usualSilence: $0)
        }
        open = 0
        stoppedAt = nil
    }

    package func releases(_ ship: Int, at now: Int64) -> Bool {
        stoppedAt == nil && waveOf[ship] <= open && evidence[ship].activation == nil
    }

    package func released(_ ship: Int, activation: UInt64) { evidence[ship].release(activation) }

    package func took(
        _ reports: [ShipReport],
        from ship: Int,
        through position: UInt64,
        at now: Int64
    ) {
        for report in reports { evidence[ship].take(report) }
        evidence[ship].announce(position)
        evidence[ship].received = position
        evidence[ship].knownUntil = Timestamp(seconds: now)
        evidence[ship].lastContact = Timestamp(seconds: now)
    }

    package func step(at now: Int64) {
        guard stoppedAt == nil else { return }
        let moment = Timestamp(seconds: now)
        func judged(_ ships: some Sequence<Int>) -> WaveVerdict {
            let counts = WaveCounts(ships.lazy.map { self.evidence[$0] }, rule: rule, at: moment)
            return WaveGate.verdict(counts, rule: rule)
        }
        var all = [judged(waves[...open].joined())]
        all += waves[...open].map { judged($0) }
        if let failed = all.first(where: { $0.kind == .fail }) {
            stoppedAt = now
            verdict = failed
            return
        }
        // All before the last have passed once: bad news since then holds what follows.
        let isHeld = all.dropFirst().dropLast().contains { $0.takesBack(.pass) }
        if !isHeld, all.last?.kind == .pass, open + 1 < waves.count { open += 1 }
    }

    /// The newest report that the shore has of a ship's order.
    package func known(_ ship: Int) -> ShipReport? { evidence[ship].latest }

    package func hasOrder(_ ship: Int) -> Bool { evidence[ship].activation != nil }
}
