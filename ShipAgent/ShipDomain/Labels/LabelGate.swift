import FleetModel

/// What stands between a series that somebody offers and the catalogue: relabelling, then the
/// ship's policy. Asked once for each new series, never for a sample.
package struct LabelGate: Sendable {
    package enum Verdict: Sendable, Equatable {
        case kept(LabelSet)
        /// A rule said so: it is what the operator wants, and no loss.
        case dropped
        case refused(LabelViolation)
    }

    package let rules: [RelabelRule]
    package let policy: LabelPolicy

    package init(rules: [RelabelRule] = [], policy: LabelPolicy = LabelPolicy()) {
        self.rules = rules
        self.policy = policy
    }

    /// The same gate with a target's own rules in front.
    package func preceded(by own: [RelabelRule]) -> LabelGate {
        LabelGate(rules: own + rules, policy: policy)
    }

    package func judge(_ offered: LabelSet) -> Verdict {
        var labels = Dictionary(offered.labels.map { ($0.name, $0.value) }) { $1 }
        for rule in rules where !rule.apply(to: &labels) { return .dropped }
        return checked(labels)
    }

    /// For series of the agent's own, such as `up`: the policy without the rules, as in Prometheus.
    package func judgeOwn(_ own: LabelSet) -> LabelSet {
        var labels = Dictionary(own.labels.map { ($0.name, $0.value) }) { $1 }
        for (name, value) in policy.values { labels[name] = value }
        return LabelSet(labels.map { LabelSet.Label($0.key, $0.value) })
    }

    private func checked(_ labels: [String: String]) -> Verdict {
        var labels = labels
        if let violation = policy.enforce(on: &labels) { return .refused(violation) }
        return .kept(LabelSet(labels.map { LabelSet.Label($0.key, $0.value) }))
    }
}
