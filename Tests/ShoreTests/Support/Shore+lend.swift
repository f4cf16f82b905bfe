import CorePostgres
import CoreTestSupport
import FleetTestSupport

extension Shore {
    /// Starts a core-server over a database of its own and ends both, whatever happens.
    static func lend<Result>(
        arguments: [String] = [],
        _ body: (Shore) async throws -> Result
    ) async throws -> Result {
        try await PostgresFixture.withDatabase(migrations: migrations) { database in
            try await withTemporaryDirectory { data in
                try await PostgresPool.lend(database.serverConnectionString) { pool in
                    try await PostgresPool.lend(database.superuserConnectionString) { superuser in
                        let runner = try serve(database, data: data, arguments)
                        return try await withProcess(runner) { process in
                            let shore = try await Shore(
                                process: process,
                                database: database,
                                data: data,
                                pool: pool,
                                superuser: superuser
                            )
                            return try await body(shore)
                        }
                    }
                }
            }
        }
    }

    /// `core-server serve` over a test's database, on ports that the kernel draws.
    static func serve(
        _ database: TestDatabase,
        data: String,
        _ arguments: [String] = []
    ) throws -> ProcessRunner {
        ProcessRunner(
            try Products.path("core-server"),
            [
                "serve", "--data", data, "--database", database.url, "--listen", "127.0.0.1:0",
                "--sync-listen", "127.0.0.1:0",
            ] + arguments
        )
    }
}
