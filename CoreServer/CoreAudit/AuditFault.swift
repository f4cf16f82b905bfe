/// Where an audit is not what it was, and why.
package struct AuditFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// The first entry that is not as it was; `nil` where it is no entry that is wrong.
    package let entry: Int64?
    package let reason: String

    package init(entry: Int64?, _ reason: String) {
        self.entry = entry
        self.reason = reason
    }

    package var description: String {
        entry.map { "first bad entry: \($0): \(reason)" } ?? reason
    }
}
