import FleetModel
import FoundationEssentials

extension LabelSet {
    /// Reads the JSON object of names and values that the series table holds.
    init(json text: String) throws {
        let pairs = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        self.init(pairs.map { Label($0.key, $0.value) })
    }
}

extension [LabelSet.Label] {
    /// The JSON object of names and values that the series table holds.
    func json() throws -> String {
        let pairs = Dictionary(map { ($0.name, $0.value) }) { _, later in later }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(pairs), as: UTF8.self)
    }
}
