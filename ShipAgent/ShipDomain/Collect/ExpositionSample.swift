import FleetModel

/// One sample as it stands in an exposition: nothing is copied out of the text yet.
package struct ExpositionSample: Equatable, Sendable {
    /// Where the series stands in the body: its name and label block, exactly as exposed.
    package let series: Range<Int>
    package let value: Double
    /// The exporter's own timestamp, where it gives one.
    package let timestamp: Timestamp?
    /// Counted from 1.
    package let line: Int
    /// Whether the series is the text that the caller expected next (`next(expecting:in:)`).
    let isExpected: Bool
}
