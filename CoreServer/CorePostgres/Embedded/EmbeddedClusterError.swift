/// Why the embedded PostgreSQL can't be had: one sentence that says what to do.
package struct EmbeddedClusterError: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
