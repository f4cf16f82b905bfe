/// The limits and shapes of what people name in the registry: MLflow's, since its clients know them.
package enum RegistryText {
    /// - Throws: `RegistryError` `invalid` with MLflow's sentence for what is too long.
    package static func check(
        _ text: String,
        _ what: String,
        atMost limit: Int
    )
        throws(RegistryError)
    {
        try checkStorable(text, what)
        // Bytes bound scalars, and are counted without reading the text.
        guard text.utf8.count > limit, text.unicodeScalars.count > limit else { return }
        throw .invalid("'\(what)' exceeds the maximum length of \(limit) characters")
    }

    /// PostgreSQL stores all but NUL.
    package static func checkStorable(_ text: String, _ what: String) throws(RegistryError) {
        guard !text.utf8.contains(0) else { throw .invalid("'\(what)' holds a NUL character") }
    }

    /// A key of a metric, a parameter or a tag: letters, digits and `_-. :/`, and, since clients make
    /// files of them, no path that leads elsewhere.
    package static func checkKey(
        _ key: String,
        _ what: String,
        atMost limit: Int = 250
    )
        throws(RegistryError)
    {
        guard !key.isEmpty else {
            throw .invalid("Missing value for required parameter '\(what)'")
        }
        let isPlain = key.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "_", "-", ".", " ", ":", "/": true
            default: scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            }
        }
        guard isPlain else {
            throw .invalid(
                "Invalid value \"\(key)\" for parameter '\(what)' supplied: Names may only contain "
                    + "alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) "
                    + "and slashes (/)."
            )
        }
        guard isNormalPath(key) else {
            throw .invalid(
                "Invalid value \"\(key)\" for parameter '\(what)' supplied: Names may be treated as "
                    + "files in certain cases, and must not resolve to other names when treated as "
                    + "such."
            )
        }
        try check(key, what, atMost: limit)
    }

    /// Whether a path is what it becomes when it is put in order.
    package static func isNormalPath(_ path: String) -> Bool {
        guard !path.isEmpty, !path.hasPrefix("/") else { return false }
        return path.split(separator: "/", omittingEmptySubsequences: false)
            .allSatisfy { $0 != "" && $0 != "." && $0 != ".." }
    }

    /// Cut to a number of characters, as MLflow does with what is logged in passing.
    package static func cut(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit)))
    }
}
