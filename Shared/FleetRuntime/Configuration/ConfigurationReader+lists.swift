extension ConfigurationReader {
    /// A section of keys; one that is absent reads as empty, so that its defaults hold.
    package func section(_ key: String) -> ConfigurationReader {
        child(value(key) ?? DocumentValue(.null, line: line), key: key)
    }

    /// A section of keys that may be absent.
    package func optionalSection(_ key: String) -> ConfigurationReader? {
        value(key).map { child($0, key: key) }
    }

    /// A list of sections, in order. Absent is empty.
    package func sections(_ key: String) -> [ConfigurationReader] {
        record(key, "list of sections")
        return elements(key).enumerated().map { child($1, key: key, index: $0) }
    }

    /// A list of texts, in order.
    package func strings(_ key: String, default: [String] = []) -> [String] {
        record(key, "list of texts", default: "[\(`default`.joined(separator: ", "))]")
        guard has(key) else { return `default` }
        return elements(key).enumerated().compactMap { index, element in
            if case .scalar(let text) = element.content { return text }
            report("\(key)[\(index)]", line: element.line, "must be text")
            return nil
        }
    }

    /// Keys of the user's own choice with a text each, such as labels. Absent is empty.
    package func map(_ key: String) -> [String: String] {
        record(key, "map of texts")
        guard let value = value(key) else { return [:] }
        guard case .mapping(let entries) = value.content else {
            report(key, "must be a map of names to texts")
            return [:]
        }
        var map: [String: String] = [:]
        for entry in entries {
            switch entry.value.content {
            case .scalar(let text): map[entry.key] = text
            case .null: map[entry.key] = ""
            default: report("\(key).\(entry.key)", line: entry.line, "must be text")
            }
        }
        return map
    }

    private func elements(_ key: String) -> [DocumentValue] {
        guard let value = value(key) else { return [] }
        guard case .sequence(let elements) = value.content else {
            report(key, "must be a list")
            return []
        }
        return elements
    }
}
