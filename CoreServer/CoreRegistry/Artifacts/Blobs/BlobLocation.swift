/// A file's name in a store: drawn, so that it tells nothing and is never used twice.
package struct BlobLocation: Sendable, Hashable, CustomStringConvertible {
    /// `ab/ab12…`, of 32 hexadecimal digits, so that no folder holds all.
    package let text: String

    /// Draws one.
    package init() {
        let digits = (0..<2).map { _ -> String in
            let half = String(UInt64.random(in: 0...UInt64.max), radix: 16)
            return String(repeating: "0", count: 16 - half.count) + half
        }
        self.init(name: digits.joined())
    }

    private init(name: String) { text = "\(name.prefix(2))/\(name)" }

    /// - Returns: nil for what is no name of this form.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count == 32, parts[1].hasPrefix(parts[0]),
            parts[0].utf8.count == 2,
            parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        self.text = String(text)
    }

    package var description: String { text }

    var folder: Substring { text.prefix(2) }
    var name: Substring { text.dropFirst(3) }
}
