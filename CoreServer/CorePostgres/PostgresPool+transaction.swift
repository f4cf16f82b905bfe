import FleetModel

extension PostgresPool {
    /// Runs the body in a transaction, and again when PostgreSQL asks for it.
    ///
    /// The body may run several times (after a serialization failure, a deadlock or a changed
    /// plan), so it does nothing but SQL and arithmetic. It is never run again after COMMIT was
    /// sent: a connection lost then throws `commitOutcomeUnknown`. It begins with the body's first
    /// statement, in the same round trip.
    ///
    /// - Parameters:
    ///   - tenant: Whose rows the transaction may see, told to row security in the same round trip
    ///     as BEGIN and forgotten at its end. `nil` sees no tenant's rows.
    ///   - readOnly: PostgreSQL refuses any write. It ends without waiting for COMMIT's answer.
    ///   - keepsPlans: PostgreSQL may plan a statement once for whatever values come: for statements
    ///     whose plan does not hang on the values, and whose tables are not partitioned by them.
    /// - Returns: What the body returned; where it may write, after COMMIT was acknowledged.
    @discardableResult
    package func transaction<Value: Sendable>(
        tenant: TenantID?,
        isolation: TransactionIsolation = .readCommitted,
        readOnly: Bool = false,
        keepsPlans: Bool = false,
        file: String = #fileID,
        line: Int = #line,
        _ body: @Sendable @escaping (PostgresConnection) throws -> Value
    ) async throws -> Value {
        let beginning = TransactionBeginning(
            isolation: isolation,
            isReadOnly: readOnly,
            tenant: tenant,
            preamble: preamble,
            keepsPlans: keepsPlans
        )
        let site = CallSite(statement: nil, file: file, line: line)
        var backoff = Backoff(
            floor: PostgresLimits.retryFloor,
            ceiling: PostgresLimits.retryCeiling
        )
        var attempt = 1
        while true {
            do {
                return try await borrow { thread, cancellation, deadline in
                    try await thread.transaction(
                        beginning: beginning,
                        at: site,
                        cancellation: cancellation,
                        deadline: deadline,
                        body
                    )
                }
            } catch let error as PostgresError
                where error.asksForNewTransaction && attempt < PostgresLimits.transactionAttempts
            {
                attempt += 1
                try await Task.sleep(for: backoff.next(random: .random(in: 0..<1)))
            }
        }
    }
}
