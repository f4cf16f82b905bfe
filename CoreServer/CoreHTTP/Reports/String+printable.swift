extension String {
    /// The text as one line that can only be read: what a ship sends may hold escape sequences for
    /// a terminal, marks that reverse the order of reading, or line breaks.
    ///
    /// A mark that combines with `<`, `>`, `&` or a quote is set apart on a dotted circle: escaping
    /// that looks at whole characters would miss the sign within.
    var printable: String {
        var result = ""
        for character in self {
            let scalars = character.unicodeScalars
            let hidesMarkup = scalars.count > 1 && scalars.contains(where: Self.isMarkup)
            for (index, scalar) in scalars.enumerated() {
                if hidesMarkup, index > 0 { result.unicodeScalars.append("\u{25CC}") }
                result.unicodeScalars.append(Self.isUnprintable(scalar) ? "\u{FFFD}" : scalar)
            }
        }
        return result
    }

    /// At most so many characters, the last an ellipsis where some are missing.
    func truncated(to length: Int) -> String {
        count <= length ? self : prefix(max(length - 1, 0)) + "…"
    }

    /// Filled with spaces to a width; never cut.
    func padded(to width: Int, onTheLeft: Bool = false) -> String {
        let spaces = String(repeating: " ", count: Swift.max(0, width - count))
        return onTheLeft ? spaces + self : self + spaces
    }

    private static func isMarkup(_ scalar: Unicode.Scalar) -> Bool {
        ["<", ">", "&", "\"", "'"].contains(scalar)
    }

    private static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        // The embeddings, overrides and isolates of the bidirectional algorithm.
        case .format:
            (0x202A...0x202E).contains(scalar.value)
                || (0x2066...0x2069).contains(scalar.value)
        default: false
        }
    }
}
