import FleetModel

/// Which quantiles of which series are asked for.
package struct QuantileRequest: Sendable {
    package let selector: SeriesSelector
    package let quantiles: [Double]
    /// Whole hours: no shorter rollups keep distributions.
    package let range: TimeRange
    package let step: Duration

    /// Each step holds a sketch of up to 65 kB while it is made.
    package static let stepLimit = 1000
    package static let quantileLimit = 20

    /// - Throws: `DomainError` `invalid`.
    package init(
        selector: SeriesSelector,
        quantiles: [Double],
        range: TimeRange,
        step: Duration?
    ) throws(DomainError) {
        guard (1...Self.quantileLimit).contains(quantiles.count),
            quantiles.allSatisfy({ $0 >= 0 && $0 <= 1 })
        else {
            throw DomainError(
                .invalid,
                "'q' is 1 to \(Self.quantileLimit) numbers from 0 to 1, such as 0.5,0.95"
            )
        }
        let hour = RollupResolution.hour.length
        let range = try TimeRange(
            from: range.from.floored(to: hour),
            to: (range.to - .milliseconds(1)).floored(to: hour) + hour
        )
        // Without a step one answer for all of it.
        let step = step ?? range.length
        guard step >= hour, step.milliseconds % hour.milliseconds == 0 else {
            throw DomainError(.invalid, "'step' is whole hours: distributions are kept by the hour")
        }
        guard range.length.milliseconds / step.milliseconds < Int64(Self.stepLimit) else {
            throw DomainError(
                .invalid,
                "these are more than \(Self.stepLimit) steps: ask for a longer 'step'"
            )
        }
        self.selector = selector
        self.quantiles = quantiles
        self.range = range
        self.step = step
    }

    /// The intervals that serve: days where whole ones are asked for.
    var resolution: RollupResolution {
        let day = RollupResolution.day.length.milliseconds
        let isWhole = [range.from.milliseconds, range.to.milliseconds, step.milliseconds]
            .allSatisfy { $0 % day == 0 }
        return isWhole ? .day : .hour
    }
}
