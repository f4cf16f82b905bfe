import FleetModel

/// One series in one interval, thinned.
package struct RollupRow: Sendable, Equatable {
    package enum Content: Sendable, Equatable {
        case values(RollupValues)
        /// On the rung `counts`: how many values there were.
        case count(UInt64)
    }

    package let series: SeriesNumber
    /// The interval's first moment, a multiple of the rung's interval since 1970.
    package let start: Timestamp
    package let content: Content

    package init(series: SeriesNumber, start: Timestamp, content: Content) {
        self.series = series
        self.start = start
        self.content = content
    }

    package var count: UInt64 {
        switch content {
        case .values(let values): values.count
        case .count(let count): count
        }
    }
}
