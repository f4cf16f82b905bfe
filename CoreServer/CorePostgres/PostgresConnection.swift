import CPostgres

/// One connection to PostgreSQL, used from its own thread only and lent to closures.
///
/// Its calls block. It is not `Sendable`, so the compiler keeps it inside the closure.
package final class PostgresConnection {
    let handle: OpaquePointer
    let wakeup: Wakeup
    /// Of the task that borrows the connection now.
    var cancellation: Cancellation?
    /// The variants prepared so far, by statement name.
    var prepared: [String: [PreparedStatement]] = [:]
    /// How many times a name was prepared, so that no variant takes a name twice.
    var preparedCounts: [String: Int] = [:]
    /// Texts put together for a call that are prepared, and those that came once.
    var composedTexts = ComposedTexts()
    /// What COPY knows about the tables it wrote to.
    var copyPlans: [String: CopyPlan] = [:]
    /// The INSERTs of whole batches prepared so far, by their text.
    var insertNames: [String: String] = [:]
    /// The first failure inside the transaction that is open: later ones are only its echo.
    var transactionFailure: PostgresError?
    /// A pooler in transaction mode is in between: what is prepared under a name may be on another of
    /// its connections at the next transaction.
    var isPooled = false
    /// Of a transaction of which nothing was sent yet.
    var waitingBeginning: TransactionBeginning?
    /// Whether the server has begun the transaction.
    var hasBegun = false
    /// COMMIT was sent and its answer not taken.
    var owesCommitAnswer = false
    /// Set when the conversation with the server got out of step, so that nobody goes on with it.
    var isOutOfStep = false

    init(handle: OpaquePointer, wakeup: Wakeup) {
        self.handle = handle
        self.wakeup = wakeup
    }

    deinit {
        PQfinish(handle)
    }

    /// Whether it can still be used; `false` once the server or the network broke it.
    var isUsable: Bool { PQstatus(handle) == CONNECTION_OK && !isOutOfStep }

    /// Whether a transaction is open, failed or not.
    package var isInTransaction: Bool {
        let status = PQtransactionStatus(handle)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    /// Runs a statement and returns its rows.
    ///
    /// Prepares it at its first use; costs one round trip afterwards. All rows are held in memory,
    /// so a query bounds its result with LIMIT or a time range.
    @discardableResult
    package func execute(
        _ statement: Statement,
        _ values: PostgresValue...,
        file: String = #fileID,
        line: Int = #line
    ) throws(PostgresError) -> [PostgresRow] {
        try execute(statement, values: values, file: file, line: line)
    }

    /// As above, with the values in an array.
    @discardableResult
    package func execute(
        _ statement: Statement,
        values: [PostgresValue],
        file: String = #fileID,
        line: Int = #line
    ) throws(PostgresError) -> [PostgresRow] {
        let site = CallSite(statement: statement.name, file: file, line: line)
        return try perform(statement, values, at: site).rows
    }

    /// Runs a statement and returns how many rows it inserted, changed or deleted.
    @discardableResult
    package func executeCount(
        _ statement: Statement,
        _ values: PostgresValue...,
        file: String = #fileID,
        line: Int = #line
    ) throws(PostgresError) -> Int {
        try executeCount(statement, values: values, file: file, line: line)
    }

    /// As above, with the values in an array.
    @discardableResult
    package func executeCount(
        _ statement: Statement,
        values: [PostgresValue],
        file: String = #fileID,
        line: Int = #line
    ) throws(PostgresError) -> Int {
        let site = CallSite(statement: statement.name, file: file, line: line)
        return try perform(statement, values, at: site).affectedCount
    }

    /// Runs a statement whose text was put together for this call. There may be more such texts than a
    /// connection should remember: one that comes again is prepared, and the last few of them are kept.
    @discardableResult
    package func executeComposed(
        _ statement: Statement,
        values: [PostgresValue],
        file: String = #fileID,
        line: Int = #line
    ) throws(PostgresError) -> [PostgresRow] {
        let site = CallSite(statement: statement.name, file: file, line: line)
        guard let known = try composed(statement, at: site) else {
            try checkCancellation(at: site)
            let parameters = try ParameterBuffer(values, at: site)
            try beginNow(at: site)
            return try perform(unnamed: statement, values, parameters, at: site).rows
        }
        return try perform(known, values, at: site).rows
    }

    /// Runs several statements as one text, without values: for migrations, never with anything
    /// in it that came from outside.
    package func run(
        script sql: String,
        file: String = #fileID,
        line: Int = #line
    ) throws(PostgresError) {
        let site = CallSite(statement: nil, file: file, line: line)
        try beginNow(at: site)
        _ = try query(sql, at: site)
    }

    /// The statement's parameter types as PostgreSQL sees them, without running it.
    ///
    /// For the test that prepares every statement of the program against the migrated schema.
    @discardableResult
    package func describe(
        _ statement: Statement,
        file: String = #fileID,
        line: Int = #line
    ) throws(PostgresError) -> [PostgresType] {
        let site = CallSite(statement: statement.name, file: file, line: line)
        try beginNow(at: site)
        // The unnamed statement, so that nothing is left behind.
        try send(statement, as: "", types: [], at: site)
        return try parameterTypes(of: "", at: site)
    }
}
