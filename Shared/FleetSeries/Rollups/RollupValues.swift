import FleetModel

/// The samples of one series in one interval, summed up.
///
/// NaN (staleness markers among them) is no value and is left out; ±Inf are values. Merging values
/// of intervals in the order of time gives the same bits whatever was merged first, but for `sum`,
/// which is the same when the same intervals are merged (`RollupBuilder` sees to that).
package struct RollupValues: Sendable, Equatable {
    /// What a rate is taken of.
    package struct Counter: Sendable, Equatable {
        /// The earliest value.
        package var first: Double
        /// The values before each reset, added up: what the counter's later values lack.
        package var carried: Double

        package init(first: Double, carried: Double = 0) {
            self.first = first
            self.carried = carried
        }
    }

    /// How many values.
    package var count: UInt64
    /// Of a gauge: all values added up. Of a counter, where nobody asks for it: the mean of minimum
    /// and maximum, times the count.
    package var sum: Double
    package var min: Double
    package var max: Double
    /// The value of the latest timestamp.
    package var last: Double
    /// That timestamp, in milliseconds since 1970.
    package var lastAt: Int64
    /// Only of series that grow but for resets.
    package var counter: Counter?
    /// Only of gauges whose values differ: else it is known (`distribution`).
    package var sketch: DDSketch?

    package init(
        count: UInt64,
        sum: Double,
        min: Double,
        max: Double,
        last: Double,
        lastAt: Int64,
        counter: Counter? = nil,
        sketch: DDSketch? = nil
    ) {
        self.count = count
        self.sum = sum
        self.min = min
        self.max = max
        self.last = last
        self.lastAt = lastAt
        self.counter = counter
        self.sketch = sketch
    }

    /// A single value, which must not be NaN.
    package init(_ value: Double, at milliseconds: Int64, isCounter: Bool) {
        self.init(
            count: 1,
            sum: value,
            min: value,
            max: value,
            last: value,
            lastAt: milliseconds,
            counter: isCounter ? Counter(first: value) : nil
        )
    }

    /// Whether all values have the same bits.
    package var isConstant: Bool {
        min.bitPattern == last.bitPattern && max.bitPattern == last.bitPattern
            && (counter.map { $0.first.bitPattern == last.bitPattern && $0.carried == 0 } ?? true)
    }

    /// What a counter grew by from its first value to its last, resets undone; `nil` for gauges.
    package var increase: Double? { counter.map { last - $0.first + $0.carried } }

    /// The distribution of the values, also where it need not be kept; `nil` for a counter that grew.
    package var distribution: DDSketch? {
        sketch ?? (isConstant ? DDSketch(last, count: count) : nil)
    }

    /// Adds a value of the same series, which must not be NaN. `sum` of gauges that differ is left
    /// to the caller, who adds up with more digits than one double has.
    @inline(__always)
    mutating func note(_ value: Double, at milliseconds: Int64) {
        if counter != nil {
            note(counter: value, at: milliseconds)
        } else {
            if sketch == nil, value.bitPattern != last.bitPattern { sketch = distribution }
            sketch?.add(value)
        }
        count &+= 1
        min = Swift.min(min, value)
        max = Swift.max(max, value)
        if milliseconds >= lastAt {
            last = value
            lastAt = milliseconds
        }
    }

    private mutating func note(counter value: Double, at milliseconds: Int64) {
        if milliseconds >= lastAt, value < last { counter?.carried += last }
    }

    /// Adds the values of another interval; `sum` is left to the caller.
    mutating func note(_ other: Self) {
        let (earlier, later) = other.lastAt >= lastAt ? (self, other) : (other, self)
        var merged = later
        merged.sum = sum
        merged.count = earlier.count &+ later.count
        merged.min = Swift.min(earlier.min, later.min)
        merged.max = Swift.max(earlier.max, later.max)
        if let before = earlier.counter, let after = later.counter {
            let lost = after.first < earlier.last ? earlier.last : 0
            merged.counter = Counter(
                first: before.first,
                carried: before.carried + lost + after.carried
            )
            merged.sketch = nil
        } else {
            merged.counter = nil
            merged.sketch = nil
            if !merged.isConstant, var sketch = earlier.distribution, let other = later.distribution
            {
                sketch.merge(other)
                merged.sketch = sketch
            }
        }
        self = merged
    }

    /// The sum where it follows from the other values.
    var impliedSum: Double? {
        if isConstant { return last * Double(count) }
        return counter == nil ? nil : (min / 2 + max / 2) * Double(count)
    }
}
