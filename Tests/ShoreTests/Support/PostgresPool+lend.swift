import CorePostgres
import Logging

extension PostgresPool {
    /// Lends a small pool and closes it.
    static func lend<Result>(
        _ connectionString: String,
        _ body: (PostgresPool) async throws -> Result
    ) async throws -> Result {
        let pool = PostgresPool(
            PostgresPoolConfiguration(connectionString: connectionString, size: 2),
            // What a test wants to know it asks for.
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        do {
            let result = try await body(pool)
            await pool.close()
            return result
        } catch {
            await pool.close()
            throw error
        }
    }
}
