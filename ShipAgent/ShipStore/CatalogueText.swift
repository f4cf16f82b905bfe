import FleetModel
import FleetSeries

/// Label sets as the unique text of the series table: name and value, each behind its length, so
/// that no character needs escaping and two sets are equal exactly when their texts are.
enum CatalogueText {
    static func encode(_ labels: LabelSet) -> String {
        var text = ""
        for label in labels.labels {
            text += "\(label.name.utf8.count) \(label.name)\(label.value.utf8.count) \(label.value)"
        }
        return text
    }

    static func decode(_ text: String) throws(StoreError) -> LabelSet {
        var rest = Array(text.utf8)[...]
        var labels: [LabelSet.Label] = []
        while !rest.isEmpty {
            guard let name = part(&rest), let value = part(&rest) else {
                throw StoreError(.damaged, "a series' labels in the store can't be read")
            }
            labels.append(LabelSet.Label(name, value))
        }
        return LabelSet(labels)
    }

    private static func part(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard let space = rest.firstIndex(of: 0x20),
            let count = Int(String(decoding: rest[..<space], as: UTF8.self)),
            count >= 0, count <= rest.endIndex - (space + 1)
        else { return nil }
        defer { rest = rest[(space + 1 + count)...] }
        return String(decoding: rest[(space + 1)..<(space + 1 + count)], as: UTF8.self)
    }
}
