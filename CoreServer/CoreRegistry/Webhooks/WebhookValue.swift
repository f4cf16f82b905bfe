/// A member of what webhooks are told.
enum WebhookValue: Encodable, Sendable {
    case null
    case text(String)
    case number(Int64)
    case list([String])
    case texts([String: String])

    /// MLflow has null where a text is empty.
    static func some(_ text: String) -> WebhookValue { text.isEmpty ? .null : .text(text) }

    static func tags(_ tags: [RegistryTag]) -> WebhookValue {
        .texts(Dictionary(tags.map { ($0.key, $0.value) }) { $1 })
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .text(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        case .list(let list): try container.encode(list)
        case .texts(let texts): try container.encode(texts)
        }
    }
}
