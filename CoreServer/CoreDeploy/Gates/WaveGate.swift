/// Decides over a wave by what is known of its ships, and by nothing else: the same evidence gives the same
/// verdict, in whatever order and however late it came.
package enum WaveGate {
    /// - Parameter isOverdue: the wave's time is over, and what has not come is not waited for.
    package static func verdict(
        _ counts: WaveCounts,
        rule: WaveRule,
        isOverdue: Bool = false
    ) -> WaveVerdict {
        let succeeded = counts.proven + counts.settling
        let chance = rule.stop.chanceOfExcess(
            failures: counts.failures,
            successes: Double(succeeded)
        )
        func told(_ kind: WaveVerdict.Kind, _ reason: String) -> WaveVerdict {
            WaveVerdict(
                kind: kind,
                reason: reason,
                chanceOfExcess: chance,
                counts: counts,
                rule: rule
            )
        }
        // Bad news suffices, whatever is missing beside it.
        if let reason = stop(counts, rule.stop, chance) { return told(.fail, reason) }
        guard counts.ships > 0 else {
            return told(.inconclusive, "the wave has no ships: a person has to say what follows")
        }
        guard let missing = missing(counts, rule.go, chance) else {
            return told(
                .pass,
                "\(counts.proven) of \(counts.ships) ships are proven, \(counts.failed) failed"
            )
        }
        guard counts.pending > 0 || counts.gaps > 0 else {
            return told(.inconclusive, "\(missing), and nothing more is to come")
        }
        return isOverdue
            ? told(.inconclusive, "\(missing), and the wave's time is over")
            : told(.waiting, missing)
    }

    private static func stop(_ counts: WaveCounts, _ rule: StopRule, _ chance: Double) -> String? {
        if counts.stranded > rule.strandedLimit {
            return "\(counts.stranded) ships are left without a version that works"
        }
        let reports = Double(counts.proven + counts.settling) + counts.failures
        guard reports >= Double(rule.minimumReports), chance > rule.confidence else { return nil }
        let lost = counts.silent > 0 ? ", \(counts.silent) went silent" : ""
        return """
            \(counts.failed) ships failed\(lost), \(counts.proven + counts.settling) succeeded: more \
            than \(percent(rule.tolerated)) fail with a chance of \(percent(chance))
            """
    }

    /// What a pass lacks.
    private static func missing(_ counts: WaveCounts, _ rule: GoRule, _ chance: Double) -> String? {
        if counts.gaps > 0 {
            return "\(counts.gaps) ships have told of events that are not here yet"
        }
        let needed = rule.needed(of: counts.ships)
        guard counts.proven >= needed else {
            return "\(counts.proven) of \(counts.ships) ships are proven, \(needed) have to be"
        }
        guard 1 - chance >= rule.confidence else {
            return "\(counts.failed) ships failed: it is too likely that more fail than tolerated"
        }
        return nil
    }

    /// `5 %`, `97.3 %`; without Foundation.
    private static func percent(_ share: Double) -> String {
        let tenths = Int((share * 1000).rounded(.down))
        return tenths % 10 == 0 ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
    }
}
