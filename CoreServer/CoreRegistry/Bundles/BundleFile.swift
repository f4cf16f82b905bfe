/// A file of a bundle, as its version will have it.
struct BundleFile: Sendable, Hashable {
    let path: String
    let digest: [UInt8]
    let size: Int64

    /// - Parameter pattern: in which `*` is any run of characters, slashes too.
    static func matches(_ path: String, _ pattern: String) -> Bool {
        let parts = pattern.utf8.split(
            separator: UInt8(ascii: "*"),
            omittingEmptySubsequences: false
        )
        guard parts.count > 1, let first = parts.first, let last = parts.last else {
            return path == pattern
        }
        var rest = Substring(path).utf8
        guard rest.starts(with: first) else { return false }
        rest = rest.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            // The first place is as good as any: what follows is any run.
            var found = rest
            while !found.isEmpty, !found.starts(with: part) { found = found.dropFirst() }
            guard found.starts(with: part) else { return false }
            rest = found.dropFirst(part.count)
        }
        return rest.count >= last.count && rest.suffix(last.count).elementsEqual(last)
    }
}
