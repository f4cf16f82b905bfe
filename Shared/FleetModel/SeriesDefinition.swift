/// One entry of a ship's catalogue: what a series number stands for.
package struct SeriesDefinition: Hashable, Sendable {
    package let number: SeriesNumber
    package let labels: LabelSet
    package let kind: SeriesKind

    package init(number: SeriesNumber, labels: LabelSet, kind: SeriesKind) {
        self.number = number
        self.labels = labels
        self.kind = kind
    }
}
