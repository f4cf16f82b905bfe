import CPostgres

extension PostgresConnection {
    /// Begins a transaction, runs the body, and commits.
    ///
    /// It begins with its first statement, unless told to begin at once; one that only reads does not
    /// wait for COMMIT's answer.
    ///
    /// Rolls back when the body throws. A body that swallowed a failed statement's error gets
    /// that error instead of a COMMIT that PostgreSQL would silently turn into ROLLBACK.
    func transaction<Value>(
        beginning: TransactionBeginning,
        atOnce: Bool = false,
        at site: CallSite,
        _ body: (PostgresConnection) throws -> Value
    ) throws -> Value {
        transactionFailure = nil
        hasBegun = false
        waitingBeginning = beginning
        defer { waitingBeginning = nil }
        if atOnce || !beginning.canWait { try beginNow(at: site) }
        let value: Value
        do {
            value = try body(self)
            try checkCancellation(at: site)
            if PQtransactionStatus(handle) == PQTRANS_INERROR {
                throw transactionFailure
                    ?? PostgresError(.transactionAborted, "The transaction had failed", at: site)
            }
        } catch {
            rollBack(at: site)
            // A serialization failure is what to act on, whatever the body made of it.
            if let failure = transactionFailure, failure.asksForNewTransaction { throw failure }
            throw error
        }
        if !hasBegun { return value }
        if beginning.commitCanWait {
            commitReading()
        } else {
            try commit(at: site)
        }
        return value
    }

    private func commit(at site: CallSite) throws(PostgresError) {
        do throws(PostgresError) {
            try query("COMMIT", heedingCancellation: false, at: site)
        } catch {
            guard error.code == .connectionLost else { throw error }
            throw PostgresError(
                .commitOutcomeUnknown,
                "The connection was lost during COMMIT, which may have happened or not",
                sqlState: error.sqlState,
                at: site
            )
        }
    }

    /// Ends whatever transaction a borrower left open. A connection that can't is given up.
    func rollBack(at site: CallSite) {
        guard isUsable, isInTransaction else { return }
        do throws(PostgresError) {
            try query("ROLLBACK", heedingCancellation: false, at: site)
        } catch {
            isOutOfStep = true
        }
    }
}
