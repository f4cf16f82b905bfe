import FoundationEssentials

extension FleetSelector {
    /// Reads what the fleets' table holds.
    init(json text: String) throws {
        try self.init(try JSONDecoder().decode([String: [String]].self, from: Data(text.utf8)))
    }

    /// What the fleets' table holds, everything in order.
    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let sorted = values.mapValues { $0.sorted() }
            return String(decoding: try encoder.encode(sorted), as: UTF8.self)
        }
    }
}
