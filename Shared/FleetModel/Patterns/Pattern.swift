/// A regular expression as Prometheus understands it: RE2's syntax, always for the whole text, `.`
/// matching line ends too.
///
/// Matching takes time in proportion to the text's length times the pattern's, whatever both hold:
/// there is no backtracking, so patterns may come from anybody. Not supported: classes by Unicode
/// property (`\pL`), and what no linear matcher can do (references back, looking around).
package struct Pattern: Sendable, Hashable, CustomStringConvertible {
    package let text: String
    /// Numbers of the groups that have names.
    package let groupNames: [String: Int]
    package let groupCount: Int
    private let program: PatternProgram
    /// Where the pattern is but a choice of plain texts, the common case: those.
    private let literals: Set<String>?

    /// The longest that a pattern may be.
    package static let longestText = 4096

    package init(_ text: String) throws(PatternError) {
        guard text.utf8.count <= Self.longestText else {
            throw PatternError("a pattern has at most \(Self.longestText) bytes")
        }
        let parsed = try PatternParser.parse(text)
        self.text = text
        groupNames = parsed.names
        groupCount = parsed.groups
        program = try PatternProgram(parsed.node)
        // Swift compares texts as people do, é being é however it is written: ASCII only.
        let plain = parsed.node.literals
        literals = plain.flatMap {
            $0.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } } ? Set($0) : nil
        }
    }

    /// Whether the whole text matches.
    package func matches(_ subject: String) -> Bool {
        if let literals { return literals.contains(subject) }
        return PatternMachine(program, subject, captureCount: 0).run() != nil
    }

    /// What the groups took, the whole text first; `nil` if the text does not match.
    package func captures(in subject: String) -> [String?]? {
        let machine = PatternMachine(program, subject, captureCount: 2 * groupCount + 2)
        guard let places = machine.run() else { return nil }
        let scalars = Array(subject.unicodeScalars)
        return (0...groupCount).map { group in
            if group == 0 { return subject }
            let (from, to) = (places[2 * group], places[2 * group + 1])
            guard from >= 0, to >= from else { return nil }
            return String(String.UnicodeScalarView(scalars[from..<to]))
        }
    }

    package static func == (left: Self, right: Self) -> Bool { left.text == right.text }

    package func hash(into hasher: inout Hasher) { hasher.combine(text) }

    package var description: String { text }
}
