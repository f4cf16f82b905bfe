/// A password or token that does not print itself.
package struct Secret: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    private let value: String

    package init(_ value: String) {
        self.value = value
    }

    /// The secret itself, for the one place that needs it.
    package func reveal() -> String { value }

    package var description: String { "<secret>" }

    /// Without it `dump` and failing test expectations would show the value.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
