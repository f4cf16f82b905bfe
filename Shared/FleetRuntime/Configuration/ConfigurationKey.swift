/// One key that a program asked its configuration for: the material of its documentation.
package struct ConfigurationKey: Sendable, Equatable {
    /// The key path with list positions left out: `targets[].interval`.
    package let path: String
    /// `text`, `integer`, `true or false`, `duration`, `size`, `list`, `map`, `file with a secret`.
    package let type: String
    /// The default as it would be written; `nil` where the key is required or may be absent.
    package let defaultValue: String?
    /// The allowed range, as `1…65535`.
    package let range: String?
}
