/// Reads MLflow's filters: conditions joined by AND, without OR, NOT or parentheses.
///
///     filter := clause (AND clause)*
///     clause := identifier operator value
///             | identifier [NOT] IN ( text, … )
///             | identifier IS [NOT] NULL
///     identifier := key | entity . key
struct SearchParser {
    private static let mostClauses = 100

    private let filter: String
    private var tokens: ArraySlice<SearchToken>

    private init(_ filter: String) throws(RegistryError) {
        self.filter = filter
        tokens = try SearchToken.all(of: filter)[...]
    }

    /// - Throws: `RegistryError` `invalid` with MLflow's words.
    static func clauses(of filter: String?) throws(RegistryError) -> [SearchClause] {
        guard let filter, filter.contains(where: { !$0.isWhitespace }) else { return [] }
        var parser = try SearchParser(filter)
        var clauses = [try parser.clause()]
        while !parser.tokens.isEmpty {
            guard parser.takes(word: "AND"), clauses.count < mostClauses else {
                throw parser.failure
            }
            clauses.append(try parser.clause())
        }
        return clauses
    }

    /// - Returns: entity, key, and whether the order is ascending.
    static func order(
        _ text: String
    ) throws(RegistryError) -> (entity: String?, key: String, isAscending: Bool) {
        do throws(RegistryError) {
            var parser = try SearchParser(text)
            let (entity, key) = try parser.identifier()
            var isAscending = true
            if parser.takes(word: "DESC") {
                isAscending = false
            } else {
                _ = parser.takes(word: "ASC")
            }
            guard parser.tokens.isEmpty else { throw parser.failure }
            return (entity, key, isAscending)
        } catch {
            throw .invalid("Invalid order_by clause '\(text)': write a key, then ASC or DESC")
        }
    }

    private var failure: RegistryError {
        .invalid("Invalid clause(s) in filter string: '\(filter)'")
    }

    private mutating func clause() throws(RegistryError) -> SearchClause {
        let (entity, key) = try identifier()
        if takes(word: "IS") {
            let isNegated = takes(word: "NOT")
            guard takes(word: "NULL") else { throw failure }
            return SearchClause(entity: entity, key: key, test: .null(isNegated: isNegated))
        }
        let isNegated = takes(word: "NOT")
        if takes(word: "IN") {
            return SearchClause(
                entity: entity,
                key: key,
                test: .among(try list(), isNegated: isNegated)
            )
        }
        guard !isNegated else { throw failure }
        let comparison = try comparison()
        return SearchClause(entity: entity, key: key, test: .compare(comparison, try value()))
    }

    /// Dots after the first are the key's: `tags.mlflow.source.type`.
    private mutating func identifier() throws(RegistryError) -> (entity: String?, key: String) {
        var parts: [String] = []
        repeat {
            switch tokens.popFirst() {
            case .word(let text)?: parts.append(text)
            case .name(let text)?: parts.append(text)
            case .text(let text, quote: "\"")? where parts.count == 1: parts.append(text)
            default: throw failure
            }
        } while takes(symbol: ".")
        guard parts.count > 1 else { return (nil, parts[0]) }
        return (parts[0], parts.dropFirst().joined(separator: "."))
    }

    private mutating func comparison() throws(RegistryError) -> SearchClause.Operator {
        switch tokens.popFirst() {
        case .symbol(let text)?:
            guard let known = SearchClause.Operator(rawValue: text) else { throw failure }
            return known
        case .word(let text)?:
            guard let known = SearchClause.Operator(rawValue: text.uppercased()) else {
                throw failure
            }
            return known
        default: throw failure
        }
    }

    private mutating func value() throws(RegistryError) -> SearchClause.Value {
        switch tokens.popFirst() {
        case .text(let text, _)?: return .text(text)
        case .symbol("."): return .number(try number("0."))
        case .word(let text)?:
            return .number(takes(symbol: ".") ? try number(text + ".") : try checked(text))
        default: throw failure
        }
    }

    private mutating func number(_ begun: String) throws(RegistryError) -> String {
        // "5." is a number as well.
        if case .word(let digits)? = tokens.first, digits.first?.isNumber == true {
            tokens.removeFirst()
            return try checked(begun + digits)
        }
        return try checked(begun + "0")
    }

    private func checked(_ text: String) throws(RegistryError) -> String {
        guard text.first != "i", text.first != "n", Double(text) != nil else { throw failure }
        return text
    }

    private mutating func list() throws(RegistryError) -> [String] {
        guard takes(symbol: "(") else { throw failure }
        var texts: [String] = []
        repeat {
            guard case .text(let text, _)? = tokens.popFirst() else {
                throw .invalid(
                    "While parsing a list in the query, expected string value, punctuation, or "
                        + "whitespace, but got different type in list: '\(filter)'"
                )
            }
            texts.append(text)
        } while takes(symbol: ",")
        guard takes(symbol: ")") else { throw failure }
        return texts
    }

    private mutating func takes(word: String) -> Bool {
        guard case .word(let text)? = tokens.first, text.uppercased() == word else { return false }
        tokens.removeFirst()
        return true
    }

    private mutating func takes(symbol: String) -> Bool {
        guard tokens.first == .symbol(symbol) else { return false }
        tokens.removeFirst()
        return true
    }
}
