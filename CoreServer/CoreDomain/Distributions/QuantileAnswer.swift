import FleetModel

/// Quantiles of a fleet's values over time.
package struct QuantileAnswer: Sendable {
    package struct Step: Sendable {
        package let at: Timestamp
        /// Values in the step, and how many of them the quantiles are of: counters keep no
        /// distribution, nor do rollups of earlier versions.
        package let count: Int64
        package let covered: UInt64
        /// In the order of the request; empty where nothing is covered.
        package let values: [Double]
        /// Whether values near zero were counted as larger ones: the lowest quantiles may then be
        /// further off than the bound.
        package let isCollapsed: Bool
    }

    package let resolution: RollupResolution
    package let quantiles: [Double]
    package let seriesCount: Int
    package let shipCount: Int
    package let steps: [Step]
}
