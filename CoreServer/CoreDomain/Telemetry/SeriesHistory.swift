import FleetModel

/// One series over a range, in steps.
package struct SeriesHistory: Sendable {
    package let labels: LabelSet
    /// Ascending in time; steps without a value are left out.
    package var points: [SeriesPoint]

    package init(labels: LabelSet, points: [SeriesPoint]) {
        self.labels = labels
        self.points = points
    }
}
