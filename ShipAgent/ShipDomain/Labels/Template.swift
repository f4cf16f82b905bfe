import FleetModel

/// A text with `$1`, `$name` and `${name}` in it, as Go's `regexp.Expand` reads it: the longest name
/// counts, `$$` is a dollar, a group that is not there is empty.
struct Template: Sendable {
    private enum Part: Sendable {
        case text(String)
        case group(String)
    }

    let text: String
    private let parts: [Part]

    init(_ text: String) {
        self.text = text
        var parts: [Part] = []
        var plain = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            plain += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                plain += "$"
                rest = rest.dropFirst()
            } else if let (name, after) = Self.name(at: rest) {
                if !plain.isEmpty { parts.append(.text(plain)) }
                plain = ""
                parts.append(.group(name))
                rest = after
            } else {
                plain += "$"
            }
        }
        plain += rest
        if !plain.isEmpty { parts.append(.text(plain)) }
        self.parts = parts
    }

    func expanded(_ captures: [String?], _ pattern: Pattern) -> String {
        var expanded = ""
        for part in parts {
            switch part {
            case .text(let text): expanded += text
            case .group(let name):
                guard let index = Int(name) ?? pattern.groupNames[name],
                    captures.indices.contains(index)
                else { continue }
                expanded += captures[index] ?? ""
            }
        }
        return expanded
    }

    private static func name(at rest: Substring) -> (String, Substring)? {
        let isBraced = rest.first == "{"
        let start = isBraced ? rest.dropFirst() : rest
        let name = start.prefix { $0 == "_" || $0.isLetter || $0.isNumber }
        guard !name.isEmpty else { return nil }
        let after = start[name.endIndex...]
        guard isBraced else { return (String(name), after) }
        return after.first == "}" ? (String(name), after.dropFirst()) : nil
    }
}
