import FleetModel

/// What one scrape gave.
package struct ScrapeOutcome: Sendable, Equatable {
    /// First the batch of the scrape's own time (`up`, the samples in the exposition's order, the
    /// staleness markers), then one batch for each timestamp that the exporter gave itself, in
    /// order of time.
    package var batches: [SampleBatch]
    /// Whether the scrape succeeded.
    package var up: Bool
    /// Samples of the exporter in `batches`: without `up` and the staleness markers.
    package var sampleCount = 0
    /// Series that the catalogue was asked about, `up` among them.
    package var newSeries = 0
    package var staleMarkers = 0
    /// Samples left out because the exposition holds an earlier one of the same series and time.
    package var duplicates = 0
    /// Samples left out because their own timestamp lies before the series' newest sample, or too
    /// far ahead of the ship's clock.
    package var outOfBounds = 0
    /// Samples left out because the exporter repeats its own timestamp from an earlier scrape:
    /// nothing is lost by it, and it is no problem.
    package var repeats = 0
    /// Samples left out because a rule drops their series, as the operator wants.
    package var dropped = 0
    /// Samples left out because their series may not be taken in, by why.
    package var refused: [LabelViolation: Int] = [:]
    /// A series for each violation that is new.
    package var examples: [LabelViolation: String] = [:]
    /// In a sentence, what the crew should know: why the scrape failed, or what was left out.
    package var problem: String?
}
