import FleetDeploy
import FleetModel

/// Names series aboard: `name{label="value",…}`. Labels are equal or not; that is all a probe needs.
package struct MetricSelector: Sendable, Hashable, CustomStringConvertible {
    package let labels: LabelSet

    package var description: String { labels.description }

    /// `nil` unless it is a metric's name and, in braces, labels with their values in quotes.
    package init?(_ text: String) {
        guard text.utf8.count <= Probe.textBytes else { return nil }
        var rest = Substring(text)
        let name = rest.prefix(while: Self.isNamed)
        guard let first = name.first, !first.isNumber else { return nil }
        rest = rest.dropFirst(name.count)
        var found = [LabelSet.Label(LabelSet.nameLabel, String(name))]
        if !rest.isEmpty {
            guard rest.first == "{", rest.last == "}" else { return nil }
            rest = rest.dropFirst().dropLast()
            while !rest.isEmpty {
                guard let label = Self.label(&rest) else { return nil }
                found.append(label)
                guard rest.isEmpty || rest.first == "," else { return nil }
                rest = rest.dropFirst()
            }
        }
        guard Set(found.map(\.name)).count == found.count,
            found.count <= Limits.labelsPerSeries
        else { return nil }
        labels = LabelSet(found)
    }

    private static func label(_ rest: inout Substring) -> LabelSet.Label? {
        let name = rest.prefix(while: isNamed)
        guard let first = name.first, !first.isNumber else { return nil }
        rest = rest.dropFirst(name.count)
        guard rest.hasPrefix("=\"") else { return nil }
        rest = rest.dropFirst(2)
        var value = ""
        while let character = rest.popFirst() {
            switch character {
            case "\"": return LabelSet.Label(String(name), value)
            case "\\":
                guard let escaped = rest.popFirst(), escaped == "\\" || escaped == "\"" else {
                    return nil
                }
                value.append(escaped)
            default: value.append(character)
            }
        }
        return nil
    }

    private static func isNamed(_ character: Character) -> Bool {
        character == "_" || character == ":"
            || character.isASCII && (character.isLetter || character.isNumber)
    }
}
