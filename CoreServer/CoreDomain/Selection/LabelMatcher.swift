import FleetModel

/// One condition on a label, as in Prometheus; a label that is not there counts as empty.
package struct LabelMatcher: Sendable, Hashable {
    /// Raw values are those of Prometheus' remote protocol.
    package enum Kind: Int, Sendable {
        case equal = 0
        case notEqual = 1
        case matches = 2
        case matchesNot = 3
    }

    package let kind: Kind
    package let name: String
    package let value: String
    private let pattern: Pattern?

    /// - Throws: `DomainError` `invalid` for a pattern that is none.
    package init(_ kind: Kind, _ name: String, _ value: String) throws(DomainError) {
        guard name.utf8.count <= Limits.labelNameBytes, value.utf8.count <= Limits.labelValueBytes,
            !name.utf8.contains(0), !value.utf8.contains(0)
        else {
            throw DomainError(.invalid, "a matcher's name or value is too long, or holds a NUL")
        }
        self.kind = kind
        self.name = name
        self.value = value
        switch kind {
        case .equal, .notEqual: pattern = nil
        case .matches, .matchesNot:
            do throws(PatternError) {
                pattern = try Pattern(value)
            } catch {
                throw DomainError(.invalid, "the pattern for \(name): \(error)")
            }
        }
    }

    package func accepts(_ text: String) -> Bool {
        switch kind {
        // Byte by byte, as stored.
        case .equal: text.utf8.elementsEqual(value.utf8)
        case .notEqual: !text.utf8.elementsEqual(value.utf8)
        case .matches: pattern?.matches(text) ?? false
        case .matchesNot: !(pattern?.matches(text) ?? true)
        }
    }
}
