import FoundationEssentials

extension ShipLabels {
    /// Reads the JSON object of keys and values that the ships' table holds.
    init(json text: String) throws {
        try self.init(try JSONDecoder().decode([String: String].self, from: Data(text.utf8)))
    }

    /// What the ships' table holds, its keys in order.
    package var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(values), as: UTF8.self)
        }
    }
}
