/// Why a text is no pattern. Safe to show to whoever wrote it.
package struct PatternError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
