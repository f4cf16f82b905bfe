/// Names of tables and columns, quoted so that they can stand in SQL text.
enum Identifier {
    static func quoted(_ name: String) -> String {
        "\""
            + name.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }

    /// `schema.table` with each part quoted.
    static func qualified(_ name: String) -> String {
        name.split(separator: ".").map { quoted(String($0)) }.joined(separator: ".")
    }

    static func list(_ names: [String]) -> String {
        names.map(quoted).joined(separator: ", ")
    }

    /// A string literal, backslashes included.
    static func literal(_ text: String) -> String {
        let escaped = text.reduce(into: "") { result, character in
            if character == "'" || character == "\\" { result.append(character) }
            result.append(character)
        }
        return "E'\(escaped)'"
    }
}
