/// Tars as bytes, wrong ones too, for whoever reads them.
package enum TarText {
    package struct Entry: Sendable {
        package var name: String
        package var content: String
        /// `0` a file, `5` a directory, `2` a link …
        package var kind: Character
        /// As the header has it, where it is not the content's own.
        package var size: Int?
        /// Of a link.
        package var target: String

        package init(
            _ name: String,
            _ content: String = "",
            kind: Character = "0",
            size: Int? = nil,
            target: String = ""
        ) {
            self.name = name
            self.content = content
            self.kind = kind
            self.size = size
            self.target = target
        }
    }

    /// - Parameter isEnded: whether the empty blocks follow that end it.
    package static func of(_ entries: [Entry], isEnded: Bool = true) -> String {
        let body = entries.map(block).joined()
        return body + (isEnded ? String(repeating: "\0", count: 1024) : "")
    }

    private static func block(_ entry: Entry) -> String {
        let size = entry.content.utf8.count
        let padding = (512 - size % 512) % 512
        return header(entry) + entry.content + String(repeating: "\0", count: padding)
    }

    private static func field(_ text: String, _ width: Int) -> String {
        text + String(repeating: "\0", count: width - text.utf8.count)
    }

    private static func octal(_ number: Int, _ width: Int) -> String {
        let digits = String(number, radix: 8)
        return String(repeating: "0", count: width - 1 - digits.count) + digits + "\0"
    }

    private static func header(_ entry: Entry) -> String {
        let before =
            field(entry.name, 100) + octal(0o644, 8) + octal(0, 8) + octal(0, 8)
            + octal(entry.size ?? entry.content.utf8.count, 12) + octal(0, 12)
        let after =
            "\(entry.kind)" + field(entry.target, 100) + "ustar\u{0}00"
            + String(repeating: "\0", count: 247)
        let sum = (before + "        " + after).utf8.reduce(0) { $0 + Int($1) }
        return before + octal(sum, 7) + " " + after
    }
}
