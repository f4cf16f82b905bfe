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

        /// Byte by byte, as Prometheus and the stores do; `String ==` takes texts for equal that
        /// only look the same (é as one character or as two).
        package static func == (left: Self, right: Self) -> Bool {
            left.name.utf8.elementsEqual(right.name.utf8)
                && left.value.utf8.elementsEqual(right.value.utf8)
        }

        package func hash(into hasher: inout Hasher) {
            for byte in name.utf8 { hasher.combine(byte) }
            hasher.combine(UInt8(0xFF))
            for byte in value.utf8 { hasher.combine(byte) }
        }
    }

    package static let nameLabel = "__name__"

    package let labels: [Label]

    /// Sorts; a label with an empty value is the same as none (Prometheus' rule), and of two with
    /// one name the later wins.
    package init(_ labels: [Label]) {
        // The sort is stable, so of equal names the later stays behind the earlier.
        let ordered = labels.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        var kept: [Label] = []
        kept.reserveCapacity(ordered.count)
        for label in ordered {
            if let last = kept.last, last.name.utf8.elementsEqual(label.name.utf8) {
                kept[kept.count - 1] = label
            } else {
                kept.append(label)
            }
        }
        self.labels = kept.filter { !$0.value.isEmpty }
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
