import CPostgres
import Synchronization

/// Owns one `PGresult` and frees it once.
///
/// `@unchecked Sendable`: the pointer is set once, the result is complete and never written again,
/// and libpq documents such results as "normally read-only after creation, and so can be passed
/// around freely between threads". Only `deinit` ends it, when nobody else refers to it. What else is
/// here is an atomic.
final class PostgresResult: @unchecked Sendable {
    let handle: OpaquePointer
    let statement: String?
    /// The column after the one that was asked for last: who reads a row asks for one after the other,
    /// so most are found at the first look.
    private let nextColumn = Atomic<Int32>(0)

    init(_ handle: OpaquePointer, statement: String?) {
        self.handle = handle
        self.statement = statement
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

    /// - Parameter name: names of columns don't repeat.
    func column(_ name: String) -> Int32? {
        let count = PQnfields(handle)
        let guess = nextColumn.load(ordering: .relaxed)
        return name.withCString { name in
            var found = guess < count && isNamed(name, guess) ? guess : nil
            var index = count - 1
            while found == nil, index >= 0 {
                if isNamed(name, index) { found = index }
                index -= 1
            }
            guard let found else { return nil }
            nextColumn.store(found + 1 < count ? found + 1 : 0, ordering: .relaxed)
            return found
        }
    }

    private func isNamed(_ name: UnsafePointer<CChar>, _ column: Int32) -> Bool {
        guard let own = PQfname(handle, column) else { return false }
        var index = 0
        while own[index] == name[index] {
            if own[index] == 0 { return true }
            index += 1
        }
        return false
    }

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
