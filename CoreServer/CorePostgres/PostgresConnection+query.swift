import CPostgres

extension PostgresConnection {
    /// Runs a text of one or more statements, and returns the first one's result.
    ///
    /// COMMIT and ROLLBACK must not be cut short by the borrower's cancellation.
    @discardableResult
    func query(
        _ sql: String,
        heedingCancellation: Bool = true,
        at site: CallSite
    ) throws(PostgresError) -> PostgresResult? {
        guard !sql.utf8.contains(0) else {
            throw PostgresError(.invalidValue, "The SQL text holds a NUL character", at: site)
        }
        if heedingCancellation { try checkCancellation(at: site) }
        guard PQsendQuery(handle, sql) == 1 else { throw sendFailure(at: site) }
        return try collectResults(heedingCancellation: heedingCancellation, at: site)
    }

    /// Takes all results of what was sent, so that the connection is free again. Returns the
    /// first; throws the first error.
    @discardableResult
    func collectResults(
        heedingCancellation: Bool = true,
        at site: CallSite
    ) throws(PostgresError) -> PostgresResult? {
        var first: PostgresResult?
        var failure: PostgresError?
        var wasCancelled = false
        while let result = try nextResult(
            heedingCancellation: heedingCancellation,
            wasCancelled: &wasCancelled
        ) {
            switch PQresultStatus(result) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
                let owned = PostgresResult(result, statement: site.statement)
                first = first ?? owned
            case PGRES_COPY_IN:
                // The data follow now; what comes after them is collected by the next call.
                return PostgresResult(result, statement: site.statement)
            case PGRES_COPY_OUT, PGRES_COPY_BOTH:
                PQclear(result)
                isOutOfStep = true
                throw PostgresError(.rejected, "COPY TO is not supported here", at: site)
            default:
                failure =
                    failure
                    ?? PostgresError(result: result, wasCancelled: wasCancelled, at: site)
                PQclear(result)
            }
        }
        guard isUsable else { throw lost(failure, at: site) }
        guard let failure else { return first }
        throw noted(failure)
    }

    /// Remembers what made a transaction fail.
    func noted(_ failure: PostgresError) -> PostgresError {
        if PQtransactionStatus(handle) == PQTRANS_INERROR, transactionFailure == nil {
            transactionFailure = failure
        }
        return failure
    }

    func checkCancellation(at site: CallSite) throws(PostgresError) {
        if cancellation?.isCancelled == true {
            throw PostgresError(.cancelled, "The task was cancelled", at: site)
        }
    }

    /// The error for a call that could not even be sent.
    func sendFailure(at site: CallSite) -> PostgresError {
        isUsable
            ? PostgresError(.rejected, libraryMessage(), at: site)
            : lost(nil, at: site)
    }

    func lost(_ failure: PostgresError?, at site: CallSite) -> PostgresError {
        PostgresError(
            .connectionLost,
            "The connection to the database was lost: \(failure?.message ?? libraryMessage())",
            sqlState: failure?.sqlState,
            at: site
        )
    }

    /// libpq's last message, its first line.
    func libraryMessage() -> String {
        let text = String(cString: PQerrorMessage(handle))
        return text.split(separator: "\n").first.map(String.init) ?? "no reason was given"
    }
}
