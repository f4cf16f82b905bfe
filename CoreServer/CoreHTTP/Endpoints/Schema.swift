/// What a value looks like, as the OpenAPI document says it (JSON Schema 2020-12).
indirect enum Schema: Sendable {
    case string(format: String? = nil, pattern: String? = nil, atMost: Int? = nil)
    case word([String])
    case integer(atLeast: Int64? = nil, atMost: Int64? = nil)
    case number
    case boolean
    case array(Schema, atMost: Int? = nil)
    /// Members; those that `required` names are always there.
    case object([(name: String, schema: Schema)], required: [String], isOpen: Bool = false)
    /// Any names, values of one kind.
    case map(Schema, atMost: Int? = nil)
    case nullable(Schema)
    case any
    /// One that the document defines once.
    case named(String)

    static let moment = Schema.string(format: "date-time")
    static let text = Schema.string()
    static let slug = Schema.string(pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")

    /// An object of which every member is always there.
    static func record(_ members: [(name: String, schema: Schema)]) -> Schema {
        .object(members, required: members.map(\.name))
    }

    /// A page of things and where the next one begins.
    static func page(_ item: Schema) -> Schema {
        .record([("items", .array(item)), ("next", .nullable(.text))])
    }

    var json: JSONText {
        switch self {
        case .string(let format, let pattern, let atMost):
            .object(
                [("type", .string("string"))]
                    + [("format", format), ("pattern", pattern)].compactMap { key, value in
                        value.map { (key, .string($0)) }
                    } + (atMost.map { [("maxLength", .integer(Int64($0)))] } ?? [])
            )
        case .word(let words):
            .object([("type", .string("string")), ("enum", .array(words.map { .string($0) }))])
        case .integer(let least, let most):
            .object(
                [("type", .string("integer"))]
                    + [("minimum", least), ("maximum", most)].compactMap { key, value in
                        value.map { (key, .integer($0)) }
                    }
            )
        case .number: .object([("type", .string("number"))])
        case .boolean: .object([("type", .string("boolean"))])
        case .array(let item, let most):
            .object(
                [("type", .string("array")), ("items", item.json)]
                    + (most.map { [("maxItems", .integer(Int64($0)))] } ?? [])
            )
        case .object(let members, let required, let isOpen):
            .object(
                [
                    ("type", .string("object")),
                    ("properties", .object(members.map { ($0.name, $0.schema.json) })),
                ]
                    + (required.isEmpty
                        ? [] : [("required", .array(required.map { .string($0) }))])
                    + (isOpen ? [] : [("additionalProperties", .boolean(false))])
            )
        case .map(let value, let most):
            .object(
                [("type", .string("object")), ("additionalProperties", value.json)]
                    + (most.map { [("maxProperties", .integer(Int64($0)))] } ?? [])
            )
        case .nullable(let schema):
            .object([("anyOf", .array([schema.json, .object([("type", .string("null"))])]))])
        case .any: .object([])
        case .named(let name): .object([("$ref", .string("#/components/schemas/\(name)"))])
        }
    }
}
