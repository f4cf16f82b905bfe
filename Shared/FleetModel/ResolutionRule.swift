/// Which series are rounded, and to what: the first rule that fits decides.
package struct ResolutionRule: Sendable {
    package let metric: Pattern
    package let job: Pattern
    package let resolution: Resolution

    package init(metric: Pattern, job: Pattern, resolution: Resolution) {
        self.metric = metric
        self.job = job
        self.resolution = resolution
    }

    package func fits(_ labels: LabelSet) -> Bool {
        metric.matches(labels.name) && job.matches(labels["job"] ?? "")
    }
}

extension [ResolutionRule] {
    /// `nil`: the series crosses bit by bit.
    package func resolution(of labels: LabelSet) -> Resolution? {
        first { $0.fits(labels) }?.resolution
    }
}
