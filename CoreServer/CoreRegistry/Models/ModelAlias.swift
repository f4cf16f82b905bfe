/// Names that point at a version and can be moved, such as `champion`.
enum ModelAlias {
    /// - Throws: `RegistryError` with MLflow's sentences.
    static func check(_ alias: String) throws(RegistryError) {
        guard !alias.isEmpty else {
            throw .invalid("Missing value for required parameter 'alias'")
        }
        let isPlain = alias.unicodeScalars.allSatisfy { scalar in
            scalar == "_" || scalar == "-" || scalar.properties.isAlphabetic
                || scalar.properties.numericType != nil
        }
        guard isPlain else {
            throw .invalid(
                "Invalid alias name: '\(alias.prefix(300))'. Names may only contain alphanumerics, "
                    + "underscores (_) and dashes (-)."
            )
        }
        try RegistryText.check(alias, "alias", atMost: 255)
        let lower = alias.lowercased()
        guard lower != "latest" else {
            throw .invalid("'latest' alias name (case insensitive) is reserved.")
        }
        guard !(lower.hasPrefix("v") && lower.count > 1 && lower.dropFirst().allSatisfy(\.isNumber))
        else { throw .invalid("Version alias name '\(alias)' is reserved.") }
    }
}
