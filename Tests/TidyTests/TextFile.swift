/// One text file and the target whose folder holds it.
struct TextFile: Sendable {
    /// The path from the repository's root.
    let path: String
    /// The target's name; `nil` for what no target compiles.
    let target: String?
    let lines: [Substring]
    /// The lines with the comments at their ends taken away, numbered from 1.
    let code: [(number: Int, text: Substring)]

    init(path: String, target: String?, text: String) {
        self.path = path
        self.target = target
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        // What follows the last newline is not a line.
        if lines.last?.isEmpty == true { lines.removeLast() }
        self.lines = lines
        self.code = lines.enumerated().map { ($0.offset + 1, Self.withoutComment($0.element)) }
    }

    /// The path without the file's own name.
    var folder: Substring { path[..<(path.lastIndex(of: "/") ?? path.startIndex)] }

    /// The file's own name without its ending.
    var name: Substring {
        let name = path.split(separator: "/").last ?? ""
        return name.split(separator: ".").first ?? ""
    }

    func finding(_ line: Int, _ advice: String) -> String {
        "\(path):\(line): \(advice)"
    }

    /// A comment starts a line or follows a blank: `https://` does neither.
    private static func withoutComment(_ line: Substring) -> Substring {
        var previous = UInt8(ascii: " ")
        var index = line.utf8.startIndex
        while index < line.utf8.endIndex {
            let next = line.utf8.index(after: index)
            if line.utf8[index] == UInt8(ascii: "/"), next < line.utf8.endIndex,
                line.utf8[next] == UInt8(ascii: "/"), previous == UInt8(ascii: " ")
            {
                return line[..<index]
            }
            previous = line.utf8[index]
            index = next
        }
        return line
    }
}
