import FleetModel
import FleetSeries

/// What ships sent in the place of samples, summed up into the shore's intervals.
///
/// Rollups of one and five minutes serve all of them, those of fifteen minutes hours and days; of
/// counts there is nothing to sum up. What the five-minute rollups lack is named by declarations.
struct ThinnedAccumulator: Sendable {
    private(set) var blocks: [RollupInterval: RollupBlock] = [:]

    /// - Parameters:
    ///   - isLeftOut: rows whose samples came back.
    ///   - identify: the shore's id of a ship's number.
    mutating func add(
        _ segment: RollupSegment,
        isLeftOut: (RollupRow) -> Bool = { _ in false },
        identify: (SeriesNumber) -> Int32?
    ) {
        let length = segment.rung.interval ?? .zero
        let resolutions = RollupResolution.allCases.filter { $0.length >= length }
        for row in segment.rows where !isLeftOut(row) {
            guard case .values(let values) = row.content, let id = identify(row.series) else {
                continue
            }
            let rollup = SeriesRollup(values)
            let start = TableTime.clamped(row.start.milliseconds)
            for resolution in resolutions {
                let interval = RollupInterval(
                    resolution: resolution,
                    start: start.floored(to: resolution.length)
                )
                if blocks[interval, default: RollupBlock()].series[id]?.merge(rollup) == nil {
                    blocks[interval]?.series[id] = rollup
                }
            }
        }
    }
}
