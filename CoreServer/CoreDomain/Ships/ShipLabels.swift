/// What is known of a ship by keys and values; fleets choose by them.
package struct ShipLabels: Sendable, Hashable {
    package static let limit = 64
    package static let keyLimit = 63
    package static let valueLimit = 255

    package let values: [String: String]

    package static let none = ShipLabels()

    private init() { values = [:] }

    /// - Throws: `DomainError` `invalid`.
    package init(_ values: [String: String]) throws(DomainError) {
        guard values.count <= Self.limit else {
            throw DomainError(.invalid, "a ship has at most \(Self.limit) labels")
        }
        for (key, value) in values {
            try Self.check(key: key)
            try Self.check(value: value, of: key)
        }
        self.values = values
    }

    static func check(key: String) throws(DomainError) {
        let isWord = key.utf8.allSatisfy {
            ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5F
        }
        guard (1...keyLimit).contains(key.utf8.count), isWord else {
            throw DomainError(
                .invalid,
                "a label's key has 1 to \(keyLimit) of a-z, A-Z, 0-9 and _"
            )
        }
    }

    static func check(value: String, of key: String) throws(DomainError) {
        guard value.utf8.count <= valueLimit, !value.unicodeScalars.contains(where: \.isControl)
        else {
            throw DomainError(
                .invalid,
                "the label \(key) has at most \(valueLimit) bytes, without control characters"
            )
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }
}
