/// The kinds of `PostgresError`. Open: more may come, so a `switch` over it has a default.
package struct PostgresErrorCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// No connection could be opened: address, credentials, database, or a server that is down.
    package static let connectionFailed = Self(rawValue: "connectionFailed")
    /// The connection broke before anything was committed.
    package static let connectionLost = Self(rawValue: "connectionLost")
    /// The connection broke after COMMIT was sent: the transaction may have happened or not.
    package static let commitOutcomeUnknown = Self(rawValue: "commitOutcomeUnknown")
    /// No connection became free within the time allowed.
    package static let poolBusy = Self(rawValue: "poolBusy")
    /// More callers wait for a connection than may.
    package static let poolQueueFull = Self(rawValue: "poolQueueFull")
    /// The pool is shut down.
    package static let poolClosed = Self(rawValue: "poolClosed")
    /// The task was cancelled. Outside of a borrowed connection it is a `CancellationError`.
    package static let cancelled = Self(rawValue: "cancelled")
    /// The server stopped the statement: its time was up, or an administrator cancelled it.
    package static let statementTimeout = Self(rawValue: "statementTimeout")
    /// Concurrent transactions got in each other's way (40001, 40P01): run it again.
    package static let serializationFailure = Self(rawValue: "serializationFailure")
    /// A table changed under a prepared statement; it is prepared anew at the next use.
    package static let planOutdated = Self(rawValue: "planOutdated")
    /// A statement failed earlier in this transaction and the body went on all the same.
    package static let transactionAborted = Self(rawValue: "transactionAborted")
    /// A constraint refused the row (class 23).
    package static let constraintViolation = Self(rawValue: "constraintViolation")
    /// A value that can't be sent: a NUL in a text, a moment out of range, a column's wrong type.
    package static let invalidValue = Self(rawValue: "invalidValue")
    /// A column that the result does not have, or not with this type.
    package static let unexpectedColumn = Self(rawValue: "unexpectedColumn")
    /// Any other refusal by the server; `sqlState` tells which.
    package static let rejected = Self(rawValue: "rejected")
}
