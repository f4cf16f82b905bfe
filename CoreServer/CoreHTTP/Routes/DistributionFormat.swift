import CoreDomain
import FleetModel

/// Distributions as JSON.
enum DistributionFormat {
    static var relativeError: Double { Distributions.relativeError }

    static func standardError(_ found: Distributions.Cardinality) -> Double {
        found.isExact ? 0 : Distributions.standardError
    }

    static func step(_ step: QuantileAnswer.Step, of answer: QuantileAnswer) -> JSONText {
        // Numbers as texts, as in range queries: infinities are values too.
        let values = zip(answer.quantiles, step.values).map { q, value in
            (key: "\(q)", value: JSONText.string(RangeJSON.number(value)))
        }
        return .object([
            ("at", .string("\(step.at)")),
            ("count", .integer(step.count)),
            ("covered", .count(step.covered)),
            ("collapsed", .boolean(step.isCollapsed)),
            ("quantiles", .object(values)),
        ])
    }
}
