/// A series' labels, `__name__` among them, sorted by name without repetition.
///
/// Two series are the same exactly when their label sets are equal, as in Prometheus.
package struct LabelSet: Hashable, Sendable, CustomStringConvertible {
    package struct Label: Hashable, Sendable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package static let nameLabel = "__name__"

    package let labels: [Label]

    /// Sorts; a label with an empty value is the same as none (Prometheus' rule), and of two with
    /// one name the later wins.
    package init(_ labels: [Label]) {
        var byName: [String: String] = [:]
        for label in labels { byName[label.name] = label.value }
        self.labels = byName.filter { !$0.value.isEmpty }
            .map { Label($0.key, $0.value) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    package init(name: String, _ labels: [String: String] = [:]) {
        self.init([Label(Self.nameLabel, name)] + labels.map { Label($0.key, $0.value) })
    }

    /// The metric's name, or the empty string where there is none.
    package var name: String { self[Self.nameLabel] ?? "" }

    package subscript(name: String) -> String? {
        labels.first { $0.name == name }?.value
    }

    /// `name{a="b",c="d"}`, with `\`, `"` and line feeds escaped as in the exposition format.
    package var description: String {
        let pairs = labels.filter { $0.name != Self.nameLabel }
            .map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
        return pairs.isEmpty ? name : "\(name){\(pairs.joined(separator: ","))}"
    }

    private static func escaped(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == 0x5C || $0 == 0x22 || $0 == 0x0A }) else {
            return value
        }
        var result = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
