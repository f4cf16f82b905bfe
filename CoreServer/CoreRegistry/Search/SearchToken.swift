/// What a filter is made of.
enum SearchToken: Equatable {
    /// `metrics`, `AND`, `0.5` … as it stands.
    case word(String)
    /// In backticks.
    case name(String)
    /// In single or double quotes; after a dot, double ones are a name's.
    case text(String, quote: Character)
    /// `=`, `!=`, `<` …
    case symbol(String)

    /// - Throws: `RegistryError` `invalid`.
    static func all(of filter: String) throws(RegistryError) -> [SearchToken] {
        guard filter.utf8.count <= 64 * 1024 else {
            throw .invalid("a filter has at most 65536 bytes")
        }
        var tokens: [SearchToken] = []
        var rest = Substring(filter)
        while let first = rest.first {
            if first.isWhitespace {
                rest.removeFirst()
            } else if first == "'" || first == "\"" || first == "`" {
                rest.removeFirst()
                guard let end = rest.firstIndex(of: first) else {
                    throw .invalid(
                        "Invalid clause(s) in filter string: '\(filter)' has an open quote"
                    )
                }
                let text = String(rest[..<end])
                tokens.append(first == "`" ? .name(text) : .text(text, quote: first))
                rest = rest[rest.index(after: end)...]
            } else if let symbol = symbol(at: rest) {
                tokens.append(.symbol(symbol))
                rest = rest.dropFirst(symbol.count)
            } else if isOfWord(first) {
                let word = rest.prefix(while: isOfWord)
                tokens.append(.word(String(word)))
                rest = rest[word.endIndex...]
            } else {
                throw .invalid(
                    "Invalid clause(s) in filter string: '\(first)' is not expected in '\(filter)'"
                )
            }
        }
        return tokens
    }

    private static func symbol(at text: Substring) -> String? {
        ["!=", ">=", "<=", "=", ">", "<", "(", ")", ",", "."].first { text.hasPrefix($0) }
    }

    /// Numbers are words too: their sign, and the dot within them, are put together by the parser.
    private static func isOfWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_" || character == "-"
            || character == "+"
    }
}
