/// What a version must show before it may come under an alias.
package struct GateRules: Codable, Sendable, Hashable {
    /// Where a number comes from.
    package enum Source: String, Codable, Sendable, CaseIterable {
        /// The version's own run and logged model, and runs that the request names for them.
        case run
        /// Runs in which it was tried beside the version that is in use.
        case shadow
        /// Runs that compare its input with what it was trained on.
        case drift
    }

    package enum Comparison: String, Codable, Sendable, CaseIterable {
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="

        func holds(_ left: Double, _ right: Double) -> Bool {
            switch self {
            case .less: left < right
            case .lessOrEqual: left <= right
            case .greater: left > right
            case .greaterOrEqual: left >= right
            }
        }
    }

    /// A number that must be so: against a bound, or against the version that is there now.
    package struct Metric: Codable, Sendable, Hashable {
        package let metric: String
        package let source: Source
        package let comparison: Comparison
        /// The bound; nil to compare with the version that is there now, which passes where there is
        /// none.
        package let value: Double?
        /// What the present version's number is multiplied by before they are compared.
        package let ratio: Double?
        /// How many values must have been logged: one good value of few is no evidence.
        package let points: Int?

        package init(
            metric: String,
            source: Source = .run,
            comparison: Comparison,
            value: Double? = nil,
            ratio: Double? = nil,
            points: Int? = nil
        ) {
            self.metric = metric
            self.source = source
            self.comparison = comparison
            self.value = value
            self.ratio = ratio
            self.points = points
        }
    }

    package struct Tag: Codable, Sendable, Hashable {
        package let key: String
        /// Any, where there is none.
        package let value: String?

        package init(key: String, value: String?) {
            self.key = key
            self.value = value
        }
    }

    package static let limit = 50

    package var metrics: [Metric] = []
    package var tags: [Tag] = []
    /// Whether its manifest must be signed by the installation's release key.
    package var isSigned = false
    /// Evidence that is older does not count.
    package var evidenceDays: Int?

    package init(
        metrics: [Metric] = [],
        tags: [Tag] = [],
        isSigned: Bool = false,
        evidenceDays: Int? = nil
    ) {
        self.metrics = metrics
        self.tags = tags
        self.isSigned = isSigned
        self.evidenceDays = evidenceDays
    }

    enum CodingKeys: String, CodingKey {
        case metrics, tags
        case isSigned = "signed"
        case evidenceDays = "evidence_days"
    }

    func check() throws(RegistryError) {
        guard metrics.count <= Self.limit, tags.count <= Self.limit else {
            throw .invalid("a gate has at most \(Self.limit) rules of a kind")
        }
        for rule in metrics {
            try RegistryText.checkKey(rule.metric, "metric")
            guard rule.value?.isFinite ?? true, rule.ratio.map({ $0.isFinite && $0 > 0 }) ?? true
            else { throw .invalid("a rule's value is a number, its ratio one above 0") }
            guard rule.value == nil || rule.ratio == nil else {
                throw .invalid("a rule has a value, or a ratio to the present version's; not both")
            }
            guard (1...1_000_000).contains(rule.points ?? 1) else {
                throw .invalid("points is from 1 to 1000000")
            }
        }
        for rule in tags {
            try RegistryText.checkKey(rule.key, "key")
            try RegistryText.check(rule.value ?? "", "value", atMost: 5000)
        }
        guard (1...3650).contains(evidenceDays ?? 1) else {
            throw .invalid("evidence_days is from 1 to 3650")
        }
    }
}
