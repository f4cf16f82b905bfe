import FleetRuntime
import Foundation

/// As people write it, and as they read it.
extension JSONValue {
    /// What somebody wrote after `=`: JSON where it is an array, an object, a number or a word of
    /// JSON's, else a text.
    init(written text: String) {
        let isJSON =
            text.hasPrefix("{") || text.hasPrefix("[") || ["true", "false", "null"].contains(text)
            || Double(text) != nil
        let parsed = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        self = isJSON ? parsed ?? .string(text) : .string(text)
    }

    /// For programs: one document.
    var text: String { encoded(.sortedKeys) }

    /// For people who look at JSON.
    var prettyText: String { encoded([.sortedKeys, .prettyPrinted]) }

    private func encoded(_ formatting: JSONEncoder.OutputFormatting) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [formatting, .withoutEscapingSlashes]
        let data = try? encoder.encode(self)
        return data.map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }

    private var isNested: Bool {
        switch self {
        case .array(let values): values.contains { $0.isObject || $0.isNested }
        case .object(let members): members.values.contains { $0.isObject || $0.isNested }
        default: false
        }
    }

    private var isObject: Bool { if case .object = self { true } else { false } }

    /// With what a thing has for fields that are not given here, where it is given as a whole.
    func over(_ thing: JSONValue, _ fields: [Field]) -> JSONValue {
        guard case .object(var members) = self else { return self }
        for field in fields where members[field.name] == nil {
            members[field.name] = thing[field.name]
        }
        return .object(members)
    }

    /// For a cell of a table.
    var cell: String {
        // Things within things are as readable as JSON is, and can be given back so.
        if isNested { return text }
        return switch self {
        case .null: "–"
        case .boolean(let value): value ? "yes" : "no"
        case .integer(let value): "\(value)"
        case .decimal(let value): "\(value)"
        case .string(let value): value.isEmpty ? "–" : value
        case .array(let values): values.isEmpty ? "–" : values.map(\.cell).joined(separator: ", ")
        case .object(let members):
            members.isEmpty
                ? "–"
                : members.sorted { $0.key < $1.key }.map { "\($0)=\($1.cell)" }
                    .joined(separator: " ")
        }
    }
}
