import FleetModel

/// One series on its way down the ladder: an interval being filled on every rung.
struct RollupCascade: Sendable {
    private struct Open: Sendable {
        let start: Int64
        var values: RollupValues
        /// What `values.sum` lacks: Neumaier's compensation (ZAMM 54, 1974). A sum of short decimals
        /// then is the double nearest to theirs, a short decimal again.
        var compensation = 0.0

        mutating func add(_ value: Double) {
            let sum = values.sum + value
            compensation +=
                abs(values.sum) >= abs(value)
                ? (values.sum - sum) + value : (value - sum) + values.sum
            values.sum = sum
        }

        var finished: RollupValues {
            var values = values
            let sum = values.sum + compensation
            values.sum = values.impliedSum ?? (sum.isFinite ? sum : values.sum)
            return values
        }
    }

    private let lengths: [Int64]
    private let isCounter: Bool
    private var open: [Open?]
    private var done: [(start: Int64, values: RollupValues)] = []

    init(lengths: [Int64], isCounter: Bool) {
        self.lengths = lengths
        self.isCounter = isCounter
        open = [Open?](repeating: nil, count: lengths.count)
    }

    var rowCount: Int { done.count + 1 }

    /// NaN is left out.
    @inline(__always)
    mutating func add(_ value: Double, at milliseconds: Int64) {
        guard !value.isNaN else { return }
        let start = Self.floor(milliseconds, lengths[0])
        if open[0]?.start == start {
            open[0]?.values.note(value, at: milliseconds)
            open[0]?.add(value)
        } else {
            close(0)
            let values = RollupValues(value, at: milliseconds, isCounter: isCounter)
            open[0] = Open(start: start, values: values)
        }
    }

    /// - Parameter level: how many of the lengths the values have gone through.
    mutating func add(_ values: RollupValues, start: Timestamp, level: Int) {
        for finer in 0..<level { close(finer) }
        push(values, start: start.milliseconds, level: level)
    }

    mutating func finish() -> [(start: Int64, values: RollupValues)] {
        for level in lengths.indices { close(level) }
        defer { done = [] }
        return done
    }

    private mutating func close(_ level: Int) {
        guard let finished = open[level] else { return }
        open[level] = nil
        push(finished.finished, start: finished.start, level: level + 1)
    }

    private mutating func push(_ values: RollupValues, start: Int64, level: Int) {
        guard level < lengths.count else {
            settle(values, start: start)
            return
        }
        let start = Self.floor(start, lengths[level])
        if open[level]?.start == start {
            open[level]?.values.note(values)
            open[level]?.add(values.sum)
        } else {
            close(level)
            open[level] = Open(start: start, values: values)
        }
    }

    private mutating func settle(_ values: RollupValues, start: Int64) {
        let place = done.lastIndex { $0.start <= start }
        guard let place, done[place].start == start else {
            done.insert((start, values), at: place.map { $0 + 1 } ?? 0)
            return
        }
        var merged = Open(start: start, values: done[place].values)
        merged.values.note(values)
        merged.add(values.sum)
        done[place].values = merged.finished
    }

    private static func floor(_ milliseconds: Int64, _ length: Int64) -> Int64 {
        let remainder = milliseconds % length
        let (start, overflow) = milliseconds.subtractingReportingOverflow(
            remainder < 0 ? remainder + length : remainder
        )
        return overflow ? milliseconds : start
    }
}
