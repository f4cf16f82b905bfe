import CPostgres

/// Owns one `PGresult` and frees it once.
///
/// `@unchecked Sendable`: the pointer is set once, the result is complete and never written again,
/// and libpq documents such results as "normally read-only after creation, and so can be passed
/// around freely between threads". Only `deinit` ends it, when nobody else refers to it.
final class PostgresResult: @unchecked Sendable {
    let handle: OpaquePointer
    let statement: String?
    private let columns: [String: Int32]

    init(_ handle: OpaquePointer, statement: String?) {
        self.handle = handle
        self.statement = statement
        var columns: [String: Int32] = [:]
        for index in 0..<PQnfields(handle) {
            guard let name = PQfname(handle, index) else { continue }
            columns[String(cString: name)] = index
        }
        self.columns = columns
    }

    deinit {
        PQclear(handle)
    }

    var rowCount: Int { Int(PQntuples(handle)) }

    /// Rows that the command changed; 0 for those that change none.
    var affectedCount: Int {
        guard let count = PQcmdTuples(handle) else { return 0 }
        return Int(String(cString: count)) ?? 0
    }

    var rows: [PostgresRow] {
        (0..<Int32(rowCount)).map { PostgresRow(result: self, index: $0) }
    }

    func column(_ name: String) -> Int32? { columns[name] }

    func type(of column: Int32) -> PostgresType { PostgresType(PQftype(handle, column)) }

    /// Lends the field's bytes, or `nil` for SQL NULL.
    func withField<Value, Failure: Error>(
        row: Int32,
        column: Int32,
        _ body: (UnsafeRawBufferPointer?) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        guard PQgetisnull(handle, row, column) == 0 else { return try body(nil) }
        let start = UnsafeRawPointer(PQgetvalue(handle, row, column))
        return try body(
            UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(handle, row, column)))
        )
    }
}
