import CorePostgres

/// What only a superuser of the database can: look past row security, and lie.
extension ShoreTables {
    static func withSuperuser<Result>(
        _ shore: Shore,
        _ body: (ShoreTables) async throws -> Result
    ) async throws -> Result {
        try await with(shore, as: "postgres", body)
    }

    /// The column `value` of all rows.
    func numbers(_ sql: String) async throws -> [Int64] {
        let name = sql.utf8.reduce(UInt64(5381)) { $0 &* 33 &+ UInt64($1) }
        return try await pool.withConnection { connection in
            try connection.execute(Statement("test_\(name)", sql)).map { try $0.int64("value") }
        }
    }

    func run(_ script: String) async throws {
        try await pool.withConnection { try $0.run(script: script) }
    }
}
