/// What became of a directive that a ship was sent.
package struct DirectiveAnswer: Sendable, Equatable {
    package static let idBytes = 8
    package static let textBytes = 256

    /// The first 64 bits of the SHA-256 of the directive's bytes: known for what can't be read, too.
    package let id: [UInt8]
    /// Empty if it was taken; else a word.
    package let refusal: String
    /// For people.
    package let reason: String

    /// `nil` unless the identifier has its size. Texts that are too long are cut.
    package init?(id: [UInt8], refusal: String = "", reason: String = "") {
        guard id.count == Self.idBytes else { return nil }
        self.id = id
        self.refusal = Self.bounded(refusal)
        self.reason = Self.bounded(reason)
    }

    package var isTaken: Bool { refusal.isEmpty }

    private static func bounded(_ text: String) -> String {
        guard text.utf8.count > textBytes else { return text }
        return String(text.prefix(textBytes / 4))
    }
}
