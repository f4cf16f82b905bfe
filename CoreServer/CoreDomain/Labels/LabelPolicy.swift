import CorePostgres

/// Which labels a tenant's ships may have and must have.
package struct LabelPolicy: Thing {
    package static let noun = "label_policy"
    package static let keyLimit = 256

    /// `nil` is any.
    package let allowed: [String]?
    package let required: [String]
    /// Labels of a ship.
    package let labelLimit: Int
    /// Bytes of a value.
    package let valueLimit: Int
    package let version: Int64

    package var reference: String { "" }

    package static let none = LabelPolicy(allowed: nil, required: [])

    package init(
        allowed: [String]?,
        required: [String],
        labelLimit: Int = ShipLabels.limit,
        valueLimit: Int = ShipLabels.valueLimit,
        version: Int64 = 0
    ) {
        self.allowed = allowed?.sorted()
        self.required = required.sorted()
        self.labelLimit = labelLimit
        self.valueLimit = valueLimit
        self.version = version
    }

    init(_ row: PostgresRow) throws {
        self.init(
            allowed: try row.bool("allows_any") ? nil : try row.textArray("allowed"),
            required: try row.textArray("required"),
            labelLimit: Int(try row.int32("label_limit")),
            valueLimit: Int(try row.int32("value_limit")),
            version: try row.int64("version")
        )
    }

    /// - Throws: `DomainError` `invalid`.
    func check() throws(DomainError) {
        for keys in [allowed ?? [], required] {
            guard keys.count <= Self.keyLimit, Set(keys).count == keys.count else {
                throw DomainError(.invalid, "at most \(Self.keyLimit) keys, each once")
            }
            for key in keys { try ShipLabels.check(key: key) }
        }
        guard Set(required).isSubset(of: allowed ?? required) else {
            throw DomainError(.invalid, "what is required is allowed too")
        }
        guard required.count...ShipLabels.limit ~= labelLimit,
            1...ShipLabels.valueLimit ~= valueLimit
        else {
            throw DomainError(
                .invalid,
                "label_limit is at least the number of required labels and at most "
                    + "\(ShipLabels.limit), value_limit 1 to \(ShipLabels.valueLimit)"
            )
        }
    }

    /// Whether a ship may have these; ships that are there already keep what they have.
    ///
    /// - Throws: `DomainError` `invalid`.
    package func check(_ labels: ShipLabels) throws(DomainError) {
        if let allowed,
            let key = labels.values.keys.sorted().first(where: { !allowed.contains($0) })
        {
            throw DomainError(.invalid, "the label policy does not allow the label \(key)")
        }
        if let key = required.first(where: { labels.values[$0] == nil }) {
            throw DomainError(.invalid, "the label policy requires the label \(key)")
        }
        guard labels.values.count <= labelLimit else {
            throw DomainError(.invalid, "the label policy allows \(labelLimit) labels of a ship")
        }
        guard labels.values.values.allSatisfy({ $0.utf8.count <= valueLimit }) else {
            throw DomainError(.invalid, "the label policy allows \(valueLimit) bytes of a value")
        }
    }
}
