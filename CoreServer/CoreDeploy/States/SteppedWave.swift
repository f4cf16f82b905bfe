import CorePostgres
import FleetModel
import FoundationEssentials

/// A wave as a step meets it, with what its gate last went by.
struct SteppedWave: Sendable {
    /// After which a wave that is finished is counted anew, though nothing was told: silence weighs more.
    private static let freshness = Duration.seconds(3600)

    let wave: DeploymentWave
    /// When the gate last wrote down what it thinks, and by what; `nil` where it has not.
    let judgedAt: Timestamp?
    let counts: WaveCounts?

    init(_ row: PostgresRow) throws {
        wave = try DeploymentWave(row)
        judgedAt = try row.optionalTimestamp("judged_at")
        counts = try row.optionalText("inputs").map { text in
            try JSONDecoder().decode(Inputs.self, from: Data(text.utf8)).counts
        }
    }

    /// What of a verdict is read again.
    private struct Inputs: Decodable {
        let counts: WaveCounts
    }

    /// Whether that is what its gate wrote down last, and not long ago.
    func says(_ verdict: WaveVerdict, at now: Timestamp) -> Bool {
        guard let counts, let judgedAt, now - judgedAt < Self.freshness / 2 else { return false }
        return wave.verdict == verdict.kind.rawValue && counts.coarse == verdict.counts.coarse
    }

    /// Whether its ships have to be read: of a wave that is over only if something was told, or long ago.
    func needsEvidence(_ touched: Set<Int32>, at now: Timestamp) -> Bool {
        switch wave.state {
        case .running, .held: true
        case .finished:
            counts == nil || touched.contains(wave.wave)
                || judgedAt.map { now - $0 > Self.freshness } ?? true
        default: false
        }
    }
}
