import FleetModel
import FleetSeries

/// The samples of one series in one interval, summed up.
///
/// NaN (staleness markers among them) is no value and is left out; ±Inf are values. Merging is
/// commutative but for the rounding of `sum`, and for `last` between samples of one timestamp.
package struct SeriesRollup: Sendable, Equatable {
    package var count: Int64
    package var sum: Double
    package var min: Double
    package var max: Double
    /// The value of the latest timestamp.
    package var last: Double
    /// That timestamp, in milliseconds since 1970.
    package var lastAt: Int64
    /// It grows but for resets: nobody asks for its quantiles, so none are kept.
    package var isCounter = false
    /// Of gauges, where values differ: else it is known (`distribution`). It may cover fewer values
    /// than `count` where some come from rollups that were made without.
    package var sketch: DDSketch?

    package init(value: Double, at milliseconds: Int64, isCounter: Bool = false) {
        self.isCounter = isCounter
        count = 1
        sum = value
        min = value
        max = value
        last = value
        lastAt = milliseconds
    }

    package init(
        count: Int64,
        sum: Double,
        min: Double,
        max: Double,
        last: Double,
        lastAt: Int64,
        isCounter: Bool = false,
        sketch: DDSketch? = nil
    ) {
        self.isCounter = isCounter
        self.sketch = sketch
        self.count = count
        self.sum = sum
        self.min = min
        self.max = max
        self.last = last
        self.lastAt = lastAt
    }

    package mutating func add(_ value: Double, at milliseconds: Int64) {
        if !isCounter {
            if sketch != nil {
                sketch?.add(value)
            } else if value.bitPattern != last.bitPattern {
                // Until now all were alike.
                sketch = DDSketch(last, count: UInt64(count))
                sketch?.add(value)
            }
        }
        count += 1
        sum += value
        min = Swift.min(min, value)
        max = Swift.max(max, value)
        if milliseconds >= lastAt {
            last = value
            lastAt = milliseconds
        }
    }

    package mutating func merge(_ other: Self) {
        mergeSketch(other)
        count += other.count
        sum += other.sum
        min = Swift.min(min, other.min)
        max = Swift.max(max, other.max)
        if other.lastAt >= lastAt {
            last = other.last
            lastAt = other.lastAt
        }
    }

    private mutating func mergeSketch(_ other: Self) {
        isCounter = isCounter || other.isCounter
        guard !isCounter else {
            sketch = nil
            return
        }
        if isConstant, other.isConstant, last.bitPattern == other.last.bitPattern { return }
        var merged = distribution ?? DDSketch()
        if let theirs = other.distribution { merged.merge(theirs) }
        sketch = merged.isEmpty ? nil : merged
    }

    package var isConstant: Bool {
        min.bitPattern == last.bitPattern && max.bitPattern == last.bitPattern
    }

    /// How the values lie; `nil` for counters, and where no sketch was kept.
    package var distribution: DDSketch? {
        if isCounter { return nil }
        return sketch ?? (isConstant ? DDSketch(last, count: UInt64(Swift.max(0, count))) : nil)
    }

    package var mean: Double { sum / Double(count) }
}

extension SeriesRollup {
    /// What a ship sent in the place of samples.
    init(_ values: RollupValues) {
        self.init(
            count: Int64(clamping: values.count),
            sum: values.sum,
            min: values.min,
            max: values.max,
            last: values.last,
            lastAt: values.lastAt,
            isCounter: values.counter != nil,
            sketch: values.sketch
        )
    }
}
