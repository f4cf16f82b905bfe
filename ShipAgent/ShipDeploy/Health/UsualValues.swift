/// What is usual of one series, and how much of what came since is not.
///
/// A value is beyond when it is more than so many deviations from the median, a deviation being the median of
/// the distances from the median, divided by 0.6745, the same of a standard normal distribution: the modified
/// z-score of B. Iglewicz and D. C. Hoaglin, *How to Detect and Handle Outliers* (ASQC, 1993). Where more than
/// half of the values are the same, so that this is nothing, it is the mean of the distances times 1.2533 (√(π/2)),
/// as they propose. Median and distances bear it when nearly half of the window was trouble itself.
///
/// A series may have peaks while all is well. So the share beyond within the window is kept as well, and what
/// counts against a version is only what is beyond that.
package struct UsualValues: Codable, Sendable, Equatable {
    /// The newest values that are kept while nothing is being judged.
    package static let window = 256
    /// Fewer of them say nothing.
    package static let least = 30

    package struct Measure: Codable, Sendable, Equatable {
        package let center: Double
        package let deviation: Double
        /// Of the window's values.
        let shareBeyond: Double
        /// Deviations.
        let bound: Double

        func isBeyond(_ value: Double) -> Bool {
            !value.isFinite || abs(value - center) > bound * deviation
        }
    }

    package init() {}

    private var ring: [Double] = []
    private var oldest = 0
    /// While something is judged.
    package private(set) var measure: Measure?
    package private(set) var seen = 0
    package private(set) var beyond = 0

    package var count: Int { ring.count }

    /// What came beyond and would not have come before.
    package var excess: Double {
        max(0, Double(beyond) - Double(seen) * (measure?.shareBeyond ?? 0))
    }

    package mutating func add(_ value: Double) {
        if let measure {
            seen += 1
            if measure.isBeyond(value) { beyond += 1 }
        } else if !value.isFinite {
            return
        } else if ring.count < Self.window {
            ring.append(value)
        } else {
            ring[oldest] = value
            oldest = (oldest + 1) % Self.window
        }
    }

    /// From now on values are judged, and teach nothing.
    package mutating func judge(bound: Double) {
        (seen, beyond) = (0, 0)
        measure = Self.measure(ring, bound: bound)
    }

    package mutating func rest() {
        measure = nil
        (seen, beyond) = (0, 0)
    }

    /// `nil` where too little is known.
    package static func measure(_ values: [Double], bound: Double) -> Measure? {
        guard values.count >= least else { return nil }
        let center = median(values)
        let distances = values.map { abs($0 - center) }
        var deviation = median(distances) / 0.6745
        if deviation == 0 {
            deviation = 1.2533 * distances.reduce(0, +) / Double(distances.count)
        }
        let judge = Measure(center: center, deviation: deviation, shareBeyond: 0, bound: bound)
        let beyond = values.count { judge.isBeyond($0) }
        return Measure(
            center: center,
            deviation: deviation,
            shareBeyond: Double(beyond) / Double(values.count),
            bound: bound
        )
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let half = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
    }
}
