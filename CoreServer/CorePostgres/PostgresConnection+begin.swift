import CPostgres

extension PostgresConnection {
    /// Begins the transaction that waits to be begun, in a round trip of its own.
    func beginNow(at site: CallSite) throws(PostgresError) {
        guard let beginning = waitingBeginning else { return }
        waitingBeginning = nil
        try query(beginning.text, at: site)
        hasBegun = true
    }

    /// Sends the beginning that waits and a transaction's first statement together: one round trip
    /// for both.
    ///
    /// - Parameter variant: of the first statement, which is prepared already.
    /// - Returns: the statement's result.
    func performFirst(
        _ beginning: TransactionBeginning,
        _ variant: PreparedStatement,
        _ parameters: borrowing ParameterBuffer,
        at site: CallSite
    ) throws(PostgresError) -> PostgresResult {
        // Prepared at their first use, before there is a transaction.
        var names: [(name: String, parameters: [PostgresValue])] = []
        for (statement, values) in beginning.statements {
            names.append((try preparedStatement(statement, values, at: site).name, values))
        }
        guard PQenterPipelineMode(handle) == 1 else { throw sendFailure(at: site) }
        var isSent = true
        for (name, values) in names where isSent {
            isSent = sendPrepared(name, try ParameterBuffer(values, at: site))
        }
        isSent = isSent && sendPrepared(variant.name, parameters)
        guard isSent, PQpipelineSync(handle) == 1 else {
            // Part of it may be on its way.
            isOutOfStep = true
            throw sendFailure(at: site)
        }
        waitingBeginning = nil
        let (result, failure) = try pipelineResults(count: names.count + 1, at: site)
        if PQexitPipelineMode(handle) != 1 { isOutOfStep = true }
        // A beginning that failed leaves no transaction, in which nobody may go on.
        if failure != nil, !isInTransaction { isOutOfStep = true }
        guard isUsable else { throw lost(failure, at: site) }
        hasBegun = true
        if let failure { throw noted(failure) }
        guard let result else {
            throw PostgresError(.rejected, "PostgreSQL answered nothing", at: site)
        }
        return result
    }

    /// - Returns: the last statement's result, and the first failure.
    private func pipelineResults(
        count: Int,
        at site: CallSite
    ) throws(PostgresError) -> (PostgresResult?, PostgresError?) {
        var last: PostgresResult?
        var failure: PostgresError?
        var (wasCancelled, ends) = (false, 0)
        while PQstatus(handle) == CONNECTION_OK {
            let next: OpaquePointer?
            do throws(PostgresError) {
                next = try nextResult(heedingCancellation: true, wasCancelled: &wasCancelled)
            } catch {
                isOutOfStep = true
                throw error
            }
            guard let next else {
                // Each statement's results end with one of these.
                ends += 1
                guard ends <= count else {
                    isOutOfStep = true
                    break
                }
                continue
            }
            switch PQresultStatus(next) {
            case PGRES_PIPELINE_SYNC:
                PQclear(next)
                return (last, failure)
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK:
                last = PostgresResult(next, statement: site.statement)
            case PGRES_PIPELINE_ABORTED:
                PQclear(next)
            default:
                failure =
                    failure ?? PostgresError(result: next, wasCancelled: wasCancelled, at: site)
                PQclear(next)
            }
        }
        return (last, failure)
    }

    func sendPrepared(_ name: String, _ parameters: borrowing ParameterBuffer) -> Bool {
        let count = Int32(parameters.count)
        return parameters.withPointers { values, lengths, formats in
            PQsendQueryPrepared(handle, name, count, values, lengths, formats, 1) == 1
        }
    }

    /// Sends COMMIT for a transaction that wrote nothing, and leaves the answer for
    /// `takeCommitAnswer`.
    func commitReading() {
        owesCommitAnswer = PQsendQuery(handle, "COMMIT") == 1
        // What was read is read; only the connection is of no more use.
        if !owesCommitAnswer { isOutOfStep = true }
    }

    /// Before the connection's next use: what COMMIT answered, which is there by then.
    func takeCommitAnswer() {
        guard owesCommitAnswer else { return }
        owesCommitAnswer = false
        let site = CallSite(file: #fileID, line: #line)
        do throws(PostgresError) {
            try collectResults(heedingCancellation: false, at: site)
        } catch {
            isOutOfStep = true
        }
    }
}
