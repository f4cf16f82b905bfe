/// A failure of a command, in words for the person who typed it.
package struct CommandError: Error, CustomStringConvertible, Equatable {
    /// What went wrong, as one sentence without a full stop: `the database does not answer`.
    package let message: String
    /// What to do about it, if we know: `start it with …`.
    package let hint: String?
    package let exitCode: CommandExitCode

    package init(_ message: String, hint: String? = nil, exitCode: CommandExitCode = .failure) {
        self.message = message
        self.hint = hint
        self.exitCode = exitCode
    }

    package var description: String {
        hint.map { "\(message) (\($0))" } ?? message
    }
}
