/// Reads RE2's syntax (that of Prometheus), but for classes by Unicode property.
struct PatternParser {
    struct Flags {
        var ignoresCase = false
        /// As in Prometheus, where nobody means lines.
        var dotMatchesNewline = true
        var isMultiline = false
        var isLazy = false
    }

    /// RE2's own limit, and one that keeps recursion shallow.
    static let repeatLimit = 1000
    static let depthLimit = 100

    var scalars: [Unicode.Scalar]
    var position = 0
    var flags = Flags()
    var depth = 0
    private(set) var groupCount = 0
    private(set) var names: [String: Int] = [:]

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        position += 1
        return true
    }

    mutating func takeAny(_ what: String) throws(PatternError) -> Unicode.Scalar {
        guard let scalar = next else { throw PatternError("the pattern ends in \(what)") }
        position += 1
        return scalar
    }

    static func parse(
        _ text: String
    ) throws(PatternError) -> (
        node: PatternNode, groups: Int, names: [String: Int]
    ) {
        var parser = Self(text)
        let node = try parser.alternatives()
        guard parser.next == nil else { throw PatternError("a ')' without its '('") }
        return (node, parser.groupCount, parser.names)
    }

    private mutating func alternatives() throws(PatternError) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw PatternError("groups within groups, more than \(Self.depthLimit) deep")
        }
        var parts = [try sequence()]
        while take("|") { parts.append(try sequence()) }
        return parts.count == 1 ? parts[0] : .alternatives(parts)
    }

    private mutating func sequence() throws(PatternError) -> PatternNode {
        var parts: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            if try takeQuoted(into: &parts) { continue }
            guard let atom = try atom() else { continue }
            parts.append(try repetition(of: atom))
        }
        return parts.isEmpty ? .empty : parts.count == 1 ? parts[0] : .sequence(parts)
    }

    /// `\Q…\E`: everything between stands for itself.
    private mutating func takeQuoted(into parts: inout [PatternNode]) throws(PatternError) -> Bool {
        guard next == "\\", position + 1 < scalars.count, scalars[position + 1] == "Q" else {
            return false
        }
        position += 2
        while let scalar = next {
            if scalar == "\\", position + 1 < scalars.count, scalars[position + 1] == "E" {
                position += 2
                // What repeats, repeats the last character.
                if let last = parts.popLast() { parts.append(try repetition(of: last)) }
                return true
            }
            position += 1
            parts.append(literal(scalar))
        }
        return true
    }

    private func literal(_ scalar: Unicode.Scalar) -> PatternNode {
        .one(flags.ignoresCase ? ScalarSet(scalar).caseless : ScalarSet(scalar))
    }

    /// `nil` for what only sets flags.
    private mutating func atom() throws(PatternError) -> PatternNode? {
        let scalar = try takeAny("the middle")
        switch scalar {
        case ".": return .one(flags.dotMatchesNewline ? .all : ScalarSet.newline.inverted)
        case "^": return .assertion(flags.isMultiline ? .lineStart : .start)
        case "$": return .assertion(flags.isMultiline ? .lineEnd : .end)
        case "(": return try group()
        case "[": return .one(try characterClass())
        case "\\": return try escape()
        case "*", "+", "?": throw PatternError("a '\(scalar)' with nothing before it to repeat")
        default: return literal(scalar)
        }
    }

    private mutating func group() throws(PatternError) -> PatternNode? {
        let outer = flags
        var index: Int?
        if take("?") {
            if take("P") || next == "<" {
                guard take("<") else { throw PatternError("a group that RE2 does not know: (?P") }
                if next == "=" || next == "!" {
                    throw PatternError("looking behind can't be done in linear time")
                }
                index = try name()
            } else if next == "=" || next == "!" {
                throw PatternError("looking ahead can't be done in linear time")
            } else if try setFlags() {
                // To the end of the group that this stands in.
                return nil
            }
        } else {
            groupCount += 1
            index = groupCount
        }
        let inner = try alternatives()
        guard take(")") else { throw PatternError("a '(' without its ')'") }
        flags = outer
        return index.map { .group(inner, index: $0) } ?? inner
    }

    private mutating func name() throws(PatternError) -> Int {
        var name = ""
        while let scalar = next, scalar != ">" {
            guard ScalarSet.word.contains(scalar.value) else {
                throw PatternError("a group's name is of letters, digits and '_'")
            }
            name.unicodeScalars.append(scalar)
            position += 1
        }
        guard take(">"), !name.isEmpty else { throw PatternError("a group's name has no end") }
        guard names[name] == nil else { throw PatternError("two groups are named \(name)") }
        groupCount += 1
        names[name] = groupCount
        return groupCount
    }

    /// - Returns: whether it was flags alone, without a group.
    private mutating func setFlags() throws(PatternError) -> Bool {
        var isOn = true
        while true {
            switch try takeAny("a group's flags") {
            case "i": flags.ignoresCase = isOn
            case "s": flags.dotMatchesNewline = isOn
            case "m": flags.isMultiline = isOn
            case "U": flags.isLazy = isOn
            case "-" where isOn: isOn = false
            case ":": return false
            case ")": return true
            case let other: throw PatternError("a flag that RE2 does not know: \(other)")
            }
        }
    }

    private mutating func repetition(of atom: PatternNode) throws(PatternError) -> PatternNode {
        var node = atom
        var isRepeated = false
        while let scalar = next {
            let (low, high): (Int, Int?)
            switch scalar {
            case "*": (low, high) = (0, nil)
            case "+": (low, high) = (1, nil)
            case "?": (low, high) = (0, 1)
            case "{":
                guard let counts = try counts() else { return node }
                (low, high) = counts
            default: return node
            }
            guard !isRepeated else { throw PatternError("a repetition of a repetition") }
            position += 1
            let isLazy = take("?") != flags.isLazy
            node = .repeated(node, atLeast: low, atMost: high, greedy: !isLazy)
            isRepeated = true
        }
        return node
    }

    /// `{2}`, `{2,}`, `{2,3}` up to the brace that ends it; else the brace stands for itself.
    private mutating func counts() throws(PatternError) -> (Int, Int?)? {
        var place = position + 1
        func number() -> Int? {
            var value: Int?
            while place < scalars.count, ScalarSet.digits.contains(scalars[place].value) {
                value = min((value ?? 0) * 10 + Int(scalars[place].value) - 0x30, 100_000)
                place += 1
            }
            return value
        }
        guard let low = number(), place < scalars.count else { return nil }
        var high: Int? = low
        if scalars[place] == "," {
            place += 1
            high = number()
        }
        guard place < scalars.count, scalars[place] == "}" else { return nil }
        guard low <= Self.repeatLimit, high ?? 0 <= Self.repeatLimit, low <= high ?? low else {
            throw PatternError("a repetition counts from 0 to \(Self.repeatLimit), upwards")
        }
        position = place
        return (low, high)
    }
}
