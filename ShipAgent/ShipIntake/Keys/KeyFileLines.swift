/// Reads files of keys: a name and a word on each line.
enum KeyFileLines {
    static func read(_ text: String) throws(KeyFileError) -> [(name: String, word: String)] {
        var entries: [(name: String, word: String)] = []
        var names: Set<String> = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() where !line.hasPrefix("#") {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.isEmpty { continue }
            guard words.count == 2 else {
                throw KeyFileError("line \(index + 1) is not a name and one word")
            }
            let name = String(words[0])
            guard name.utf8.count <= 64, names.insert(name).inserted else {
                throw KeyFileError(
                    "the name on line \(index + 1) stands there twice, or is too long"
                )
            }
            entries.append((name, String(words[1])))
        }
        guard !entries.isEmpty else { throw KeyFileError("it holds no key") }
        guard entries.count <= IntakeLimits.keys else {
            throw KeyFileError("it holds more than \(IntakeLimits.keys) keys")
        }
        return entries
    }
}
