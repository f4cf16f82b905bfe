import FleetDeploy
import FleetModel
import FleetTestSupport
import Foundation
import Testing

@testable import CoreDeploy

/// What a ship's reports come to, in whatever order they arrive.
struct ShipEvidenceTests {
    private static let new = digest(1)
    private static let old = digest(2)
    private static let start = Timestamp(seconds: 1_800_000_000)
    private static let soak: Int64 = 86_400

    private static func digest(_ byte: UInt8) -> TreeDigest {
        guard let digest = TreeDigest([UInt8](repeating: byte, count: TreeDigest.size)) else {
            preconditionFailure("a digest of its own size")
        }
        return digest
    }

    private static func report(
        _ position: UInt64,
        _ state: ShipDeploymentState,
        running: TreeDigest? = new,
        activation: UInt64 = 7,
        hours: Int = 0
    ) -> ShipReport {
        ShipReport(
            position: position,
            at: start + .seconds(3600 * hours),
            activation: activation,
            digest: new,
            running: running,
            state: state
        )
    }

    private static func evidence(
        _ reports: [ShipReport],
        knownHours: Int? = nil
    ) -> ShipEvidence {
        var evidence = ShipEvidence(
            digest: new,
            activation: 7,
            knownUntil: knownHours.map { start + .seconds(3600 * $0) },
            received: reports.map(\.position).max() ?? 0
        )
        for report in reports { evidence.take(report) }
        return evidence
    }

    @Test func `a success counts once the soak behind it is known`() {
        let reports = [Self.report(1, .soaking), Self.report(2, .succeeded)]
        #expect(Self.evidence(reports).standing(soak: Self.soak) == .settling)
        #expect(Self.evidence(reports, knownHours: 23).standing(soak: Self.soak) == .settling)
        #expect(Self.evidence(reports, knownHours: 24).standing(soak: Self.soak) == .proven)
    }

    @Test func `a success that left the old version running is a failure`() {
        let evidence = Self.evidence(
            [Self.report(1, .succeeded, running: Self.old)],
            knownHours: 99
        )
        #expect(evidence.standing(soak: Self.soak) == .rolledBack)
    }

    @Test func `what runs there now counts, not what was reported once`() {
        let evidence = Self.evidence(
            [
                Self.report(1, .succeeded),
                Self.report(2, .succeeded, running: Self.old, activation: 8, hours: 5),
            ],
            knownHours: 99
        )
        #expect(evidence.standing(soak: Self.soak) == .withdrawn)
    }

    @Test func `bad news after a success is the ship's word`() {
        let evidence = Self.evidence(
            [Self.report(1, .succeeded), Self.report(9, .failedRolledBack, running: Self.old)],
            knownHours: 99
        )
        #expect(evidence.standing(soak: Self.soak) == .rolledBack)
    }

    @Test func `reports of another activation do not count`() {
        let evidence = Self.evidence([Self.report(1, .failedUnable, activation: 6)])
        #expect(evidence.standing(soak: Self.soak) == .inProgress)
    }

    @Test func `silence counts only for a ship that may have activated`() {
        func lost(_ reports: [ShipReport]) -> Int {
            var evidence = Self.evidence(reports)
            evidence.lastContact = Self.start
            evidence.usualSilence = .seconds(86_400)
            return evidence.lostMillionths(
                evidence.standing(soak: Self.soak),
                at: Self.start + .seconds(50 * 86_400),
                rule: StopRule()
            )
        }
        #expect(lost([Self.report(1, .downloading)]) == 0)
        #expect(lost([Self.report(1, .armed)]) > 900_000)
        #expect(lost([Self.report(1, .succeeded)]) > 900_000)
        #expect(lost([Self.report(1, .failedRolledBack, running: Self.old)]) == 0)
        var away = ShipEvidence(digest: Self.new, lastContact: Self.start)
        away.usualSilence = .seconds(60)
        #expect(
            away.lostMillionths(
                .neverContacted,
                at: Self.start + .seconds(1 << 30),
                rule: StopRule()
            )
                == 0
        )
    }

    /// A wave's true history, and its delivery shuffled, repeated and late.
    @Test func `the same evidence ends in the same verdict, and nothing passes with a known gap`()
        throws
    {
        var random = SeededGenerator(seed: SeededGenerator.seed(name: "wave-evidence"))
        var kinds: Set<WaveVerdict.Kind> = []
        for _ in 0..<60 {
            let failing = [0.0, 0.02, 0.3][Int.random(in: 0..<3, using: &random)]
            let histories = (0..<Int.random(in: 1...40, using: &random)).map { _ in
                Self.history(failing: failing, using: &random)
            }
            let straight = Self.delivered(histories, shuffled: false, using: &random)
            for _ in 0..<4 {
                let shuffled = Self.delivered(histories, shuffled: true, using: &random)
                #expect(shuffled == straight)
                let encoder = JSONEncoder()
                encoder.outputFormatting = .sortedKeys
                #expect(try encoder.encode(shuffled) == encoder.encode(straight))
            }
            kinds.insert(straight.kind)
        }
        #expect(kinds.contains(.pass) && kinds.contains(.fail))
    }

    private static func history(
        failing: Double,
        using random: inout SeededGenerator
    ) -> [ShipReport] {
        var states: [ShipDeploymentState] = [.downloading, .staged, .armed, .activating, .soaking]
        if random.chance(failing) {
            if random.chance(0.5) { states.append(.succeeded) }
            states.append(random.chance(0.2) ? .failedUnable : .failedRolledBack)
        } else if random.chance(0.95) {
            states.append(.succeeded)
        }
        return states.enumerated().map { index, state in
            report(
                UInt64(index + 1),
                state,
                running: state.isFailure ? old : new,
                hours: index
            )
        }
    }

    /// Delivers everything, looks at the gate after each piece, and returns what it says at the end.
    private static func delivered(
        _ histories: [[ShipReport]],
        shuffled: Bool,
        using random: inout SeededGenerator
    ) -> WaveVerdict {
        var pieces: [(ship: Int, report: ShipReport)] = []
        for (ship, reports) in histories.enumerated() {
            for report in reports {
                pieces.append((ship, report))
                if shuffled, random.chance(0.2) { pieces.append((ship, report)) }
            }
        }
        if shuffled { pieces.shuffle(using: &random) }
        var ships = histories.map { _ in ShipEvidence(digest: new, activation: 7) }
        var seen = histories.map { _ in Set<UInt64>() }
        let now = start + .seconds(30 * 86_400)
        func verdict() -> WaveVerdict {
            WaveGate.verdict(WaveCounts(ships, rule: WaveRule(), at: now), rule: WaveRule())
        }
        for (ship, report) in pieces {
            ships[ship].take(report)
            seen[ship].insert(report.position)
            while seen[ship].contains(ships[ship].received + 1) { ships[ship].received += 1 }
            if ships[ship].received == histories[ship].count {
                ships[ship].knownUntil = start + .seconds(20 * 86_400)
            }
            if ships.contains(where: \.hasGap) { #expect(verdict().kind != .pass) }
        }
        return verdict()
    }
}
