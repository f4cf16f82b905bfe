/// Turns any error into what a person at a terminal, or a log line, can use.
package enum CommandLineFailure {
    /// The longest text of one error, in characters: some libraries describe whole requests.
    package static let longestDescription = 2000

    /// One line that says what happened. Never empty.
    package static func describe(_ error: any Error) -> String {
        let text: String
        // Through `Any`: the compiler takes every `Error` for convertible to text, which it is not.
        let thing: Any = error
        if error is CancellationError {
            text = "interrupted"
        } else if thing is any CustomStringConvertible {
            text = String(describing: error)
        } else {
            // An error without words: `TypeName: case` beats `case` alone.
            let type = String(describing: type(of: error))
            let value = String(describing: error)
            text = value.hasPrefix(type) ? value : "\(type): \(value)"
        }
        let line = text.split(whereSeparator: \.isNewline)
            .map { $0.drop { $0.isWhitespace } }
            .filter { !$0.isEmpty }
            .joined(separator: "; ")
        if line.isEmpty { return String(describing: type(of: error)) }
        return line.count <= longestDescription
            ? line : String(line.prefix(longestDescription)) + "…"
    }

    /// The code to exit with after this error.
    package static func exitCode(for error: any Error) -> CommandExitCode {
        switch error {
        case let error as CommandError: error.exitCode
        case is ConfigurationError: .configuration
        case is FileError: .file
        case is FileLock.Held: .unavailable
        case is CancellationError: .interrupted
        default: .failure
        }
    }
}
