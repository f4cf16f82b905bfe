import Foundation

/// Any JSON, its members in the order of their names.
indirect enum JSONValue: Codable, Sendable, Hashable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .boolean(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }

    /// What somebody wrote after `=`: JSON where it is an array, an object, a number or a word of
    /// JSON's, else a text.
    init(written text: String) {
        let isJSON =
            text.hasPrefix("{") || text.hasPrefix("[") || ["true", "false", "null"].contains(text)
            || Double(text) != nil
        let parsed = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        self = isJSON ? parsed ?? .string(text) : .string(text)
    }

    subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    var items: [JSONValue] {
        guard case .array(let items) = self else { return [] }
        return items
    }

    var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
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

    /// For a cell of a table.
    var cell: String {
        switch self {
        case .null: "–"
        case .boolean(let value): value ? "yes" : "no"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
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
