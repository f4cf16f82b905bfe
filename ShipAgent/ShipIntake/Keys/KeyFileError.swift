/// What is wrong in a file of keys. Never repeats a key.
package struct KeyFileError: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
