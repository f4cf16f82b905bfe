import Glibc

/// A password from standard input: never an argument, which others on the machine see.
package enum PasswordPrompt {
    /// One line, without an echo where it is typed.
    ///
    /// - Throws: `CommandError` where there is none.
    package static func read() throws -> String {
        let isTyped = isatty(STDIN_FILENO) == 1
        var before = termios()
        if isTyped {
            StandardStreams.error("Password:")
            tcgetattr(STDIN_FILENO, &before)
            var silent = before
            silent.c_lflag &= ~tcflag_t(ECHO)
            tcsetattr(STDIN_FILENO, TCSANOW, &silent)
        }
        defer { if isTyped { tcsetattr(STDIN_FILENO, TCSANOW, &before) } }
        guard let line = readLine(strippingNewline: true), !line.isEmpty else {
            throw CommandError("write the password as one line to standard input")
        }
        return line
    }
}
