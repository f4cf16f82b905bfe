/// Samples of several series that share one timestamp: what one scrape of one target gives.
///
/// A staleness marker is a sample too; it is the NaN with the bits `StaleMarker.bits`.
package struct SampleBatch: Sendable, Equatable {
    /// Which scrape target the samples came from: batches of one group share timestamps and,
    /// nearly always, their series. Only an aid to the codec; any number is right.
    package let group: UInt32
    package let at: Timestamp
    /// As long as `values`; a series may occur once per batch.
    package let numbers: [SeriesNumber]
    package let values: [Double]

    package init(group: UInt32, at: Timestamp, numbers: [SeriesNumber], values: [Double]) {
        precondition(numbers.count == values.count, "every sample has a series and a value")
        self.group = group
        self.at = at
        self.numbers = numbers
        self.values = values
    }

    /// Bit by bit: NaN payloads and −0.0 count, which `Double ==` would not see.
    package static func == (left: Self, right: Self) -> Bool {
        left.group == right.group && left.at == right.at && left.numbers == right.numbers
            && left.values.elementsEqual(right.values) { $0.bitPattern == $1.bitPattern }
    }
}
