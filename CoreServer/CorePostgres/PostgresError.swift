/// What went wrong between us and PostgreSQL, and what a caller may do about it.
///
/// Its description is safe to show and to log: it names statements, columns and constraints but
/// never holds a bound value, a row or a password.
package struct PostgresError: Error, Sendable {
    package let code: PostgresErrorCode
    /// PostgreSQL's five characters (`23505`), when the server answered.
    package let sqlState: String?
    /// The name of the statement that failed.
    package let statement: String?
    /// The constraint that refused the row.
    package let constraint: String?
    /// One sentence without values.
    package let message: String
    /// The caller's place in our sources.
    package let file: String
    package let line: Int

    package init(
        _ code: PostgresErrorCode,
        _ message: String,
        sqlState: String? = nil,
        statement: String? = nil,
        constraint: String? = nil,
        file: String = #fileID,
        line: Int = #line
    ) {
        self.code = code
        self.message = message
        self.sqlState = sqlState
        self.statement = statement
        self.constraint = constraint
        self.file = file
        self.line = line
    }

    init(
        _ code: PostgresErrorCode,
        _ message: String,
        sqlState: String? = nil,
        constraint: String? = nil,
        at site: CallSite
    ) {
        self.init(
            code,
            message,
            sqlState: sqlState,
            statement: site.statement,
            constraint: constraint,
            file: site.file,
            line: site.line
        )
    }

    /// Whether the same call may succeed a little later, having changed nothing so far.
    package var isRetryable: Bool {
        switch code {
        case .connectionLost, .poolBusy, .poolQueueFull, .serializationFailure, .planOutdated:
            return true
        case .commitOutcomeUnknown, .cancelled, .poolClosed:
            return false
        default:
            break
        }
        guard let sqlState else { return code == .connectionFailed }
        // Connection trouble, too few resources, a lock not to be had, a server that stops or starts.
        return sqlState.hasPrefix("08") || sqlState.hasPrefix("53") || sqlState.hasPrefix("57P")
            || sqlState == "55P03"
    }

    /// Whether a row with this key exists already. Without a name, any unique constraint counts.
    package func isUniqueViolation(constraint name: String? = nil) -> Bool {
        sqlState == "23505" && (name == nil || name == constraint)
    }

    /// Whether the row refers to one that isn't there, or is still referred to.
    package func isForeignKeyViolation(constraint name: String? = nil) -> Bool {
        sqlState == "23503" && (name == nil || name == constraint)
    }

    /// Whether running the whole transaction again is the right answer.
    var asksForNewTransaction: Bool {
        code == .serializationFailure || code == .planOutdated
    }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String {
        var text = message
        if let statement { text += " (statement \(statement))" }
        if let constraint { text += " (constraint \(constraint))" }
        if let sqlState { text += " [\(sqlState)]" }
        return text
    }

    package var debugDescription: String {
        "\(code.rawValue): \(description) at \(file):\(line)"
    }
}
