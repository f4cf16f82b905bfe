import FoundationEssentials

/// Texts inside of JSON that this server writes into tags, as MLflow does.
enum RegistryJSON {
    static func quoted(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        let encoded = try? encoder.encode(text)
        return encoded.map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}
