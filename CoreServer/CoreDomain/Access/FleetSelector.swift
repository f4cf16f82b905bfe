import FleetModel

/// Which ships a fleet has: those with one of the values for each of the keys.
package struct FleetSelector: Sendable, Hashable {
    /// Of one selector.
    package static let keyLimit = 16
    /// For one key.
    package static let valueLimit = 64

    package let values: [String: Set<String>]

    /// - Throws: `DomainError` `invalid`: a selector that names nothing would mean every ship.
    package init(_ values: [String: [String]]) throws(DomainError) {
        guard (1...Self.keyLimit).contains(values.count) else {
            throw DomainError(.invalid, "a selector has 1 to \(Self.keyLimit) labels")
        }
        for (key, accepted) in values {
            try ShipLabels.check(key: key)
            guard (1...Self.valueLimit).contains(accepted.count) else {
                throw DomainError(
                    .invalid,
                    "the selector's label \(key) has 1 to \(Self.valueLimit) values"
                )
            }
            for value in accepted { try ShipLabels.check(value: value, of: key) }
        }
        self.values = values.mapValues(Set.init)
    }

    /// Whether every ship of the other, whatever its labels, is one of this.
    func covers(_ other: FleetSelector) -> Bool {
        values.allSatisfy { key, accepted in
            other.values[key].map { $0.isSubset(of: accepted) } ?? false
        }
    }

    package func matches(_ labels: ShipLabels) -> Bool {
        values.allSatisfy { key, accepted in labels.values[key].map(accepted.contains) ?? false }
    }
}
