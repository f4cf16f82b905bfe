import CorePostgres
import Logging

extension PostgresPool {
    /// Lends a small pool and closes it.
    static func lend<Result>(
        _ connectionString: String,
        _ body: (PostgresPool) async throws -> Result
    ) async throws -> Result {
        let pool = PostgresPool(
            // Many tests share a server, and on a loaded machine each of them takes its time.
            PostgresPoolConfiguration(
                connectionString: connectionString,
                size: 2,
                acquireTimeout: .seconds(120)
            ),
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
