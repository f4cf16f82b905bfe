import FleetModel

/// Which series are meant: all conditions hold.
package struct SeriesSelector: Sendable, Hashable {
    package let matchers: [LabelMatcher]

    /// Conditions in one selector, and characters of its text.
    package static let matcherLimit = 32
    package static let textLimit = 8192

    package init(_ matchers: [LabelMatcher]) throws(DomainError) {
        guard matchers.count <= Self.matcherLimit else {
            throw DomainError(.invalid, "a selector has at most \(Self.matcherLimit) matchers")
        }
        self.matchers = matchers
    }

    package func accepts(_ labels: LabelSet) -> Bool {
        matchers.allSatisfy { $0.accepts(labels.value(of: $0.name)) }
    }

    /// The labels that must have just one value, which an index or a containment can find.
    var equalities: [LabelSet.Label] {
        matchers.filter { $0.kind == .equal && !$0.value.isEmpty }
            .map { LabelSet.Label($0.name, $0.value) }
    }
}

extension LabelSet {
    /// The empty text where there is no such label.
    func value(of name: String) -> String {
        labels.first { $0.name.utf8.elementsEqual(name.utf8) }?.value ?? ""
    }

    /// Prometheus' order of series: by name, then value, label after label.
    func precedes(_ other: LabelSet) -> Bool {
        for (left, right) in zip(labels, other.labels) {
            if !left.name.utf8.elementsEqual(right.name.utf8) {
                return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
            }
            if !left.value.utf8.elementsEqual(right.value.utf8) {
                return left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
            }
        }
        return labels.count < other.labels.count
    }
}
