/// A node of a document, with the line it stands on.
///
/// Scalars stay text until a reader asks for a type: YAML's own guesses (`no` is false, `1_0` is
/// ten, `22:22` is 1,342) have surprised enough people.
package struct DocumentValue: Sendable, Equatable {
    /// What a node can be.
    package enum Content: Sendable, Equatable {
        case null
        case scalar(String)
        case sequence([DocumentValue])
        /// Keys in the order of the file; no key comes twice.
        case mapping([Entry])
    }

    /// One key of a mapping and what stands under it.
    package struct Entry: Sendable, Equatable {
        package let key: String
        package let line: Int?
        package let value: DocumentValue
    }

    package let content: Content
    package let line: Int?

    package init(_ content: Content, line: Int? = nil) {
        self.content = content
        self.line = line
    }
}
