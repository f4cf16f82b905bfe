extension ConfigurationReader {
    /// The largest secret to read, in bytes: a private key with its chain fits.
    package static let secretByteLimit = 64 * 1024

    /// A path; a relative one starts at the configuration file's own folder, so that the working
    /// directory does not matter. Without a default the key is required.
    package func path(_ key: String, default: String? = nil) -> String {
        record(key, "path", default: `default`)
        let path = parsed(key, default: `default`, expected: "a path") { $0.isEmpty ? nil : $0 }
        return path.map(resolved) ?? ""
    }

    /// A path that may be absent; see `path`.
    package func optionalPath(_ key: String) -> String? {
        record(key, "path")
        let path = parsed(key, isRequired: false, expected: "a path") { $0.isEmpty ? nil : $0 }
        return path.map(resolved)
    }

    /// The secret in the file that this key names, without the newline at its end.
    ///
    /// Secrets stand in files of their own so that a configuration can be shown to anybody.
    ///
    /// - Returns: `nil` if the key is absent, or the file can't be used (which is remembered).
    package func secretFile(_ key: String) -> Secret? {
        record(key, "file with a secret")
        let name = parsed(key, isRequired: false, expected: "the path of a file") { $0 }
        guard let name else { return nil }
        do throws(FileError) {
            let text = try AtomicFile.readText(resolved(name), limit: Self.secretByteLimit)
            let secret = text.hasSuffix("\n") ? text.dropLast() : text[...]
            guard !secret.isEmpty else {
                report(key, "names an empty file")
                return nil
            }
            return Secret(String(secret))
        } catch {
            // The path may be shown, it is what the operator has to fix; but somebody may have put
            // the secret itself here, so it is shown only if it looks like a path.
            report(key, name.contains("/") ? "failed: \(error)" : "failed: \(error.reason)")
            return nil
        }
    }

    private func resolved(_ path: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return file[...slash] + path
    }
}
