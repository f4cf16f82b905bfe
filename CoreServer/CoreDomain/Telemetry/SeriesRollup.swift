import FleetModel

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

    package init(value: Double, at milliseconds: Int64) {
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
        lastAt: Int64
    ) {
        self.count = count
        self.sum = sum
        self.min = min
        self.max = max
        self.last = last
        self.lastAt = lastAt
    }

    package mutating func add(_ value: Double, at milliseconds: Int64) {
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
        count += other.count
        sum += other.sum
        min = Swift.min(min, other.min)
        max = Swift.max(max, other.max)
        if other.lastAt >= lastAt {
            last = other.last
            lastAt = other.lastAt
        }
    }

    package var mean: Double { sum / Double(count) }
}
