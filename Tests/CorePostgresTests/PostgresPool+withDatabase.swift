import CorePostgres
import CoreTestSupport
import Logging

extension PostgresPool {
    /// Lends a pool on an empty database of its own, as the schema's owner, and closes it.
    @discardableResult
    static func withDatabase<Value>(
        size: Int = 2,
        acquireTimeout: Duration = .seconds(30),
        waiterLimit: Int = 100,
        _ body: (PostgresPool, TestDatabase) async throws -> Value
    ) async throws -> Value {
        try await PostgresFixture.withDatabase(migrations: []) { database in
            let pool = PostgresPool(
                PostgresPoolConfiguration(
                    connectionString: database.ownerConnectionString,
                    size: size,
                    acquireTimeout: acquireTimeout,
                    applicationName: "tests",
                    waiterLimit: waiterLimit
                ),
                logger: .silent
            )
            do {
                let value = try await body(pool, database)
                await pool.close()
                return value
            } catch {
                await pool.close()
                throw error
            }
        }
    }
}
