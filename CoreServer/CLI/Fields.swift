import FleetRuntime

/// `NAME=VALUE` as people write them.
enum Fields {
    /// - Throws: `CommandError` for one without a name, or of a name that is not known.
    static func object(
        _ words: [String],
        known: [Field]
    ) throws -> JSONValue {
        var members: [String: JSONValue] = [:]
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw CommandError("\(word) is not NAME=VALUE")
            }
            let name = String(parts[0])
            guard known.contains(where: { $0.name == name }) else {
                throw CommandError(
                    "there is no field \(name)",
                    hint: "there are \(known.map(\.name).joined(separator: ", "))"
                )
            }
            guard members[name] == nil else { throw CommandError("\(name) is given twice") }
            members[name] = JSONValue(written: String(parts[1]))
        }
        return .object(members)
    }

    static func help(_ fields: [Field], _ heading: String = "Fields") -> String {
        let width = fields.map(\.name.count).max() ?? 0
        return "\(heading):\n"
            + fields.map { field in
                "  " + field.name + String(repeating: " ", count: width + 2 - field.name.count)
                    + field.meaning
            }.joined(separator: "\n")
    }
}
