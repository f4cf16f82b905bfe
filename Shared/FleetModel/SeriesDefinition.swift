/// One entry of a ship's catalogue: what a series number stands for.
package struct SeriesDefinition: Hashable, Sendable {
    package let number: SeriesNumber
    package let labels: LabelSet
    package let kind: SeriesKind
    /// What its samples were rounded to aboard; `nil`: they are what was sampled, bit by bit.
    package let resolution: Resolution?

    package init(
        number: SeriesNumber,
        labels: LabelSet,
        kind: SeriesKind,
        resolution: Resolution? = nil
    ) {
        self.number = number
        self.labels = labels
        self.kind = kind
        self.resolution = resolution
    }
}
