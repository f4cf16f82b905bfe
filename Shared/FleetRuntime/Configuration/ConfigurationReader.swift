/// Reads the keys of one section of a configuration file, and remembers everything wrong with it.
///
/// Getters never throw: a key that is missing or malformed is remembered, and the default (or an
/// empty placeholder) returned, so that one run shows every mistake. Therefore a configuration must
/// not be used before `finish()` on its root reader has returned.
///
///     init(_ reader: ConfigurationReader) {
///         listen = reader.string("listen", default: "127.0.0.1:8080")
///         interval = reader.duration("interval", default: .seconds(15))
///         targets = reader.sections("targets").map(Target.init)
///     }
///
/// A value must not be read on two threads; it lives as long as one reading.
package final class ConfigurationReader {
    /// The path of this section, such as `targets[2]`; empty for the root.
    package let path: String
    let line: Int?
    private let pattern: String
    private let found: ConfigurationProblems
    private let entries: [String: DocumentValue.Entry]
    private var known: Set<String> = []

    convenience init(_ root: DocumentValue, file: String) {
        self.init(root, path: "", pattern: "", found: ConfigurationProblems(file: file))
    }

    init(_ value: DocumentValue, path: String, pattern: String, found: ConfigurationProblems) {
        self.path = path
        self.pattern = pattern
        self.line = value.line
        self.found = found
        switch value.content {
        case .mapping(let pairs):
            self.entries = Dictionary(pairs.map { ($0.key, $0) }) { first, _ in first }
        case .null:
            self.entries = [:]
        case .scalar, .sequence:
            self.entries = [:]
            found.report(key: path, line: value.line, "must be a section of keys")
        }
        found.readers.append(self)
    }

    /// The file that is read, for messages and for resolving relative paths.
    package var file: String { found.file }

    /// Every key asked for so far in the whole document, in the order of asking.
    package var keys: [ConfigurationKey] { found.keys }

    /// Whether the file has this key with a value; it counts as known afterwards.
    package func has(_ key: String) -> Bool {
        value(key) != nil
    }

    /// Remembers a problem of the caller's own finding, such as two keys that exclude each other.
    package func report(_ key: String, _ reason: String) {
        found.report(
            key: keyPath(key),
            line: entries[key]?.line ?? (path.isEmpty ? nil : line),
            reason
        )
    }

    /// Ends the reading of the whole document.
    ///
    /// - Throws: `ConfigurationError` with everything that was found, unknown keys included.
    package func finish() throws(ConfigurationError) {
        for reader in found.readers { reader.reportUnknownKeys() }
        guard !found.problems.isEmpty else { return }
        let sorted = found.problems.enumerated().sorted {
            ($0.element.line ?? .max, $0.offset) < ($1.element.line ?? .max, $1.offset)
        }
        throw ConfigurationError(file: found.file, problems: sorted.map(\.element))
    }

    // MARK: For the getters

    /// The value under a key, `nil` if it is absent or null; the key counts as known afterwards.
    func value(_ key: String) -> DocumentValue? {
        known.insert(key)
        guard let entry = entries[key], entry.value.content != .null else { return nil }
        return entry.value
    }

    func record(_ key: String, _ type: String, default: String? = nil, range: String? = nil) {
        let path = pattern.isEmpty ? key : "\(pattern).\(key)"
        found.record(
            ConfigurationKey(path: path, type: type, defaultValue: `default`, range: range)
        )
    }

    func child(_ value: DocumentValue, key: String, index: Int? = nil) -> ConfigurationReader {
        let pattern = (self.pattern.isEmpty ? key : "\(self.pattern).\(key)")
        return ConfigurationReader(
            value,
            path: keyPath(key) + (index.map { "[\($0)]" } ?? ""),
            pattern: index == nil ? pattern : "\(pattern)[]",
            found: found
        )
    }

    func report(_ key: String, line: Int?, _ reason: String) {
        found.report(key: keyPath(key), line: line, reason)
    }

    private func keyPath(_ key: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }

    private func reportUnknownKeys() {
        for entry in entries.values where !known.contains(entry.key) {
            let nearest = NearestName.of(entry.key, among: known)
            let hint = nearest.map { ", did you mean \($0)?" } ?? ""
            report(entry.key, line: entry.line, "is not a key we know\(hint)")
        }
    }
}
