import FleetModel

/// What a range query asks for.
package struct RangeRequest: Sendable {
    /// Which value stands for a step.
    package enum Aggregation: String, CaseIterable, Sendable {
        case average = "avg"
        case minimum = "min"
        case maximum = "max"
        case sum
        case count
        case last

        func value(of rollup: SeriesRollup) -> Double {
            switch self {
            case .average: rollup.mean
            case .minimum: rollup.min
            case .maximum: rollup.max
            case .sum: rollup.sum
            case .count: Double(rollup.count)
            case .last: rollup.last
            }
        }
    }

    package let selectors: [SeriesSelector]
    package let range: TimeRange
    /// `nil` for the samples as they are.
    package let step: Duration?
    package let aggregation: Aggregation

    /// The longest range that samples are read for; longer ones are served by rollups.
    package static let longestRawRange = Duration.seconds(2 * 86_400)

    /// Steps of one series: Prometheus' own limit.
    package static let stepLimit = 11_000

    /// - Throws: `DomainError` `invalid`.
    package init(
        selectors: [SeriesSelector],
        range: TimeRange,
        step: Duration?,
        aggregation: Aggregation
    ) throws(DomainError) {
        guard !selectors.isEmpty else {
            throw DomainError(.invalid, "'match[]' says which series are meant")
        }
        if let step {
            guard step >= .seconds(1) else {
                throw DomainError(.invalid, "'step' is at least 1 s; leave it out for the samples")
            }
            guard range.length.milliseconds / step.milliseconds < Int64(Self.stepLimit) else {
                throw DomainError(
                    .invalid,
                    "these are more than \(Self.stepLimit) steps: ask for a longer 'step'"
                )
            }
        } else if range.length > Self.longestRawRange {
            throw DomainError(
                .invalid,
                "the samples themselves can be had for at most 2 days at a time: give a 'step'"
            )
        }
        self.selectors = selectors
        self.range = range
        self.step = step
        self.aggregation = aggregation
    }

    /// The rollups that serve, or `nil` for the samples: those where steps are shorter than the
    /// finest rollup and the range is short, else the coarsest rollup that is no longer than a step.
    package var resolution: RollupResolution? {
        guard let step else { return nil }
        let fitting = RollupResolution.allCases.last { $0.length <= step }
        if let fitting { return fitting }
        return range.length <= Self.longestRawRange ? nil : .fiveMinutes
    }

    /// The step that the answer has: no shorter than the rollups it comes from, and whole ones.
    package var servedStep: Duration? {
        guard let step, let resolution else { return step }
        let whole = max(1, step.milliseconds / resolution.length.milliseconds)
        return .milliseconds(whole * resolution.length.milliseconds)
    }
}
