import FleetModel

/// One step of a series' history.
package struct SeriesPoint: Sendable, Equatable {
    package let at: Timestamp
    package var rollup: SeriesRollup

    package init(at: Timestamp, rollup: SeriesRollup) {
        self.at = at
        self.rollup = rollup
    }
}
