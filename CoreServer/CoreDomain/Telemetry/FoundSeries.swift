import FleetModel

/// A series of a ship, under the labels that tell it from other ships' series.
package struct FoundSeries: Sendable {
    package let id: Int32
    package let labels: LabelSet
    package let kind: SeriesKind
    /// The decimal step that the ship rounds it to; `nil`: it doesn't.
    package let resolution: String?
}
