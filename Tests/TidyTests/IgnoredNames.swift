import Foundation

/// The names that version control does not see, as far as our own `.gitignore` needs it: names,
/// folders and `*.ending`, anywhere in the tree.
struct IgnoredNames: Sendable {
    private var names: Set<String> = [".git"]
    private var endings: [String] = []

    init(file: URL) {
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            if line.hasPrefix("*") {
                endings.append(String(line.dropFirst()))
            } else {
                names.insert(line.hasSuffix("/") ? String(line.dropLast()) : String(line))
            }
        }
    }

    func contains(_ name: String) -> Bool {
        names.contains(name) || endings.contains { name.hasSuffix($0) }
    }
}
