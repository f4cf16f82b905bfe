import FleetModel
import FoundationEssentials

extension LabelSet {
    /// Reads the JSON object of names and values that the series table holds.
    init(json text: String) throws {
        let pairs = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        self.init(pairs.map { Label($0.key, $0.value) })
    }
}
