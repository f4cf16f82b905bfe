/// What is wrong with a relabelling rule, and at which of its keys.
package struct RelabelError: Error, Sendable, CustomStringConvertible {
    package let key: String
    package let reason: String

    init(_ key: String, _ reason: String) {
        self.key = key
        self.reason = reason
    }

    package var description: String { "\(key) \(reason)" }
}
