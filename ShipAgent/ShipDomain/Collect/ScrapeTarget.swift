import FleetModel

/// What `ScrapeSession` must know about the exporter it reads.
package struct ScrapeTarget: Sendable {
    /// Goes into every batch (`SampleBatch.group`); one number per target.
    package let group: UInt32
    /// What every series of the target is labelled with: `job`, `instance` and the configured
    /// labels, which win over those two.
    package let labels: LabelSet
    /// Whether a label that the exporter gives wins over the target's of the same name. Otherwise
    /// the exporter's is renamed to `exported_…`.
    package let honorLabels: Bool
    /// Whether the exporter's own timestamps count. Otherwise they are ignored.
    package let honorTimestamps: Bool
    /// Samples of one scrape; one with more fails.
    package let sampleLimit: Int
    /// Bytes of one scrape; one with more fails.
    package let bodyLimit: Int
    /// What each new series passes.
    package let gate: LabelGate

    package init(
        group: UInt32,
        job: String,
        instance: String,
        labels: LabelSet = LabelSet([]),
        honorLabels: Bool = false,
        honorTimestamps: Bool = true,
        sampleLimit: Int = ScrapeLimits.samples,
        bodyLimit: Int = ScrapeLimits.bodyBytes,
        gate: LabelGate = LabelGate()
    ) {
        self.group = group
        self.labels = LabelSet(
            [LabelSet.Label("job", job), LabelSet.Label("instance", instance)] + labels.labels
        )
        self.honorLabels = honorLabels
        self.honorTimestamps = honorTimestamps
        self.sampleLimit = sampleLimit
        self.bodyLimit = min(bodyLimit, ScrapeLimits.largestBodyBytes)
        self.gate = gate
    }

    /// The series that says whether the last scrape succeeded.
    package var upLabels: LabelSet {
        gate.judgeOwn(LabelSet(labels.labels + [LabelSet.Label(LabelSet.nameLabel, "up")]))
    }
}
