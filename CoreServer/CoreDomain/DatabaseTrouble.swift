import CorePostgres

/// Whether an error is the database's, and will pass: the edge tells the caller to come again.
package enum DatabaseTrouble {
    package static func isTemporary(_ error: any Error) -> Bool {
        guard let error = error as? PostgresError else { return false }
        return error.isRetryable || error.code == .connectionFailed
    }
}
