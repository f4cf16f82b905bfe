import FleetModel

/// What a range query found.
package struct RangeAnswer: Sendable {
    package struct Series: Sendable {
        package let labels: LabelSet
        /// Ascending in time: the beginning of each step, or the sample's own time.
        package let points: [RawSample]
    }

    /// Where the values come from; `nil` for the samples themselves.
    package let resolution: RollupResolution?
    package let step: Duration?
    package let aggregation: RangeRequest.Aggregation
    package let series: [Series]
}

extension RollupResolution {
    /// `5m`, `1h`, `1d`.
    package var label: String {
        switch self {
        case .fiveMinutes: "5m"
        case .hour: "1h"
        case .day: "1d"
        }
    }
}
