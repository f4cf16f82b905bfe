import FleetModel
import FleetSeries

/// Sums decoded samples up into five-minute intervals, and those into hours and days.
///
/// Adding is all there is to late data: every sample comes once, so an old interval just grows.
package struct RollupAccumulator: Sendable {
    /// Five-minute blocks by the interval's start, in milliseconds since 1970.
    private var blocks: [Int64: RollupBlock] = [:]

    package init() {}

    /// Adds every sample of a segment; `identify` gives the shore's id of a ship's number, and
    /// `isCounter` says which series are kept without a sketch.
    package mutating func add(
        _ segment: MetricsSegment,
        isCounter: (SeriesNumber) -> Bool = { _ in false },
        identify: (SeriesNumber) throws -> Int32
    ) rethrows {
        for group in segment.groups {
            let times = group.timestamps.map { TableTime.clamped($0).milliseconds }
            let starts = times.map {
                Timestamp(milliseconds: $0)
                    .floored(to: RollupResolution.fiveMinutes.length).milliseconds
            }
            for column in group.columns {
                let id = try identify(column.number)
                let isCounter = isCounter(column.number)
                var current: SeriesRollup?
                var start: Int64 = 0
                for (index, row) in column.rowIndices(of: times.count).enumerated() {
                    let value = column.values[index]
                    if value.isNaN { continue }
                    if current != nil, start == starts[row] {
                        current?.add(value, at: times[row])
                    } else {
                        flush(current, id: id, start: start)
                        current = SeriesRollup(
                            value: value,
                            at: times[row],
                            isCounter: isCounter
                        )
                        start = starts[row]
                    }
                }
                flush(current, id: id, start: start)
            }
        }
    }

    private mutating func flush(_ rollup: SeriesRollup?, id: Int32, start: Int64) {
        guard let rollup else { return }
        if blocks[start, default: RollupBlock()].series[id]?.merge(rollup) == nil {
            blocks[start]?.series[id] = rollup
        }
    }

    /// Every interval of every resolution that has a sample.
    package func intervals() -> [(
        resolution: RollupResolution, start: Timestamp, block: RollupBlock
    )] {
        var result: [(RollupResolution, Timestamp, RollupBlock)] = []
        for resolution in RollupResolution.allCases {
            var merged: [Timestamp: RollupBlock] = [:]
            for (start, block) in blocks.sorted(by: { $0.key < $1.key }) {
                let interval = Timestamp(milliseconds: start).floored(to: resolution.length)
                merged[interval, default: RollupBlock()].merge(block)
            }
            for (start, block) in merged.sorted(by: { $0.key < $1.key }) {
                result.append((resolution, start, block))
            }
        }
        return result
    }
}

extension SeriesColumn {
    /// The rows that have a value, ascending.
    fileprivate func rowIndices(of rowCount: Int) -> [Int] {
        switch rows {
        case .all: Array(0..<rowCount)
        case .some(let indices): indices
        }
    }
}
