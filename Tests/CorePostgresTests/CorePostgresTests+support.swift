import CorePostgres
import CoreTestSupport
import Logging

/// Says nothing: what a test wants to know it asks for.
let silentLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Lends a pool on an empty database, and closes it.
func withPool<Value>(
    size: Int = 2,
    acquireTimeout: Duration = .seconds(30),
    waiterLimit: Int = 100,
    migrations: [Migration] = [],
    _ body: (PostgresPool, TestDatabase) async throws -> Value
) async throws -> Value {
    try await PostgresFixture.withDatabase(migrations: migrations) { database in
        let pool = PostgresPool(
            PostgresPoolConfiguration(
                connectionString: database.ownerConnectionString,
                size: size,
                acquireTimeout: acquireTimeout,
                applicationName: "tests",
                waiterLimit: waiterLimit
            ),
            logger: silentLogger
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

/// Looks again until it is so; the time limit of the test is what ends a vain wait.
func eventually(_ condition: () async throws -> Bool) async throws {
    while try await !condition() { try await Task.sleep(for: .milliseconds(5)) }
}
