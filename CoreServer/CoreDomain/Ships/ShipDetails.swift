import FoundationEssentials

/// What of a ship can be set.
package struct ShipDetails: Sendable, Hashable {
    package var labels: ShipLabels
    package var shipClass: String
    package var owner: String
    package var bearers: [Bearer]

    package init(
        labels: ShipLabels = .none,
        shipClass: String = "",
        owner: String = "",
        bearers: [Bearer] = []
    ) {
        self.labels = labels
        self.shipClass = shipClass
        self.owner = owner
        self.bearers = bearers
    }

    /// - Throws: `DomainError` `invalid`.
    func check() throws(DomainError) {
        try ThingText.check(shipClass, "class", in: 0...100)
        try ThingText.check(owner, "owner", in: 0...200)
        guard bearers.count <= Bearer.limit else {
            throw DomainError(.invalid, "a ship has at most \(Bearer.limit) bearers")
        }
        for bearer in bearers { try bearer.check() }
        guard Set(bearers.map(\.name)).count == bearers.count else {
            throw DomainError(.invalid, "two bearers have one name")
        }
    }

    /// What the ships' table holds.
    var bearersJSON: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.outputFormatting = [.sortedKeys]
            return String(decoding: try encoder.encode(bearers), as: UTF8.self)
        }
    }

    static func bearers(json text: String) throws -> [Bearer] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode([Bearer].self, from: Data(text.utf8))
    }
}
