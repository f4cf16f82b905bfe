import FleetModel

extension SeriesSelector {
    /// Reads Prometheus' text: `name{label="value", other=~"a|b"}`, or either half alone.
    package init(parsing text: String) throws(DomainError) {
        guard text.utf8.count <= Self.textLimit else {
            throw DomainError(.invalid, "a selector has at most \(Self.textLimit) bytes")
        }
        var parser = SelectorParser(text)
        try self.init(try parser.selector())
    }
}

private struct SelectorParser {
    private let scalars: [Unicode.Scalar]
    private var position = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private func failure(_ what: String) -> DomainError {
        DomainError(.invalid, "in match[], at character \(position + 1): \(what)")
    }

    private mutating func skipSpace() {
        while let scalar = next, scalar.properties.isWhitespace { position += 1 }
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == scalar else { return false }
        position += 1
        return true
    }

    mutating func selector() throws(DomainError) -> [LabelMatcher] {
        var matchers: [LabelMatcher] = []
        if let name = name(withColons: true) {
            matchers.append(try LabelMatcher(.equal, LabelSet.nameLabel, name))
        }
        if take("{") {
            while !take("}") {
                matchers.append(try matcher())
                guard take(",") else {
                    guard take("}") else { throw failure("',' or '}' is missing") }
                    break
                }
            }
        } else if matchers.isEmpty {
            throw failure("a metric's name or '{' is missing")
        }
        skipSpace()
        guard next == nil else { throw failure("the selector has ended, and something follows") }
        return matchers
    }

    private mutating func name(withColons: Bool) -> String? {
        skipSpace()
        var name = ""
        while let scalar = next {
            let isLetter =
                scalar == "_" || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
                || withColons && scalar == ":"
            guard isLetter || !name.isEmpty && ("0"..."9").contains(scalar) else { break }
            name.unicodeScalars.append(scalar)
            position += 1
        }
        return name.isEmpty ? nil : name
    }

    private mutating func matcher() throws(DomainError) -> LabelMatcher {
        guard let name = name(withColons: false) else { throw failure("a label's name is missing") }
        let kind: LabelMatcher.Kind
        if take("=") {
            kind = next == "~" ? .matches : .equal
        } else if take("!") {
            guard next == "=" || next == "~" else { throw failure("'!' is followed by '=' or '~'") }
            kind = next == "~" ? .matchesNot : .notEqual
            if next == "=" { position += 1 }
        } else {
            throw failure("one of =, !=, =~, !~ is missing")
        }
        if kind == .matches || kind == .matchesNot { position += 1 }
        return try LabelMatcher(kind, name, try quoted())
    }

    private mutating func quoted() throws(DomainError) -> String {
        skipSpace()
        guard let quote = next, ["\"", "'", "`"].contains(quote) else {
            throw failure("a value in quotes is missing")
        }
        position += 1
        var value = String.UnicodeScalarView()
        while let scalar = next {
            position += 1
            if scalar == quote { return String(value) }
            value.append(scalar == "\\" && quote != "`" ? try escaped() : scalar)
        }
        throw failure("a value's closing quote is missing")
    }

    private mutating func escaped() throws(DomainError) -> Unicode.Scalar {
        guard let scalar = next else { throw failure("a value ends in a backslash") }
        position += 1
        switch scalar {
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "\\", "\"", "'": return scalar
        default: throw failure("\\\(scalar) is not known; for a pattern, double the backslash")
        }
    }
}
