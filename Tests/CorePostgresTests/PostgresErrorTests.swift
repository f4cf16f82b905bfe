import CorePostgres
import CoreTestSupport
import Testing

@Suite(.timeLimit(.minutes(10)))
struct PostgresErrorTests {
    @Test
    func `an error names its statement and our line, never the value`() async throws {
        try await PostgresPool.withDatabase { pool, _ in
            let error = await #expect(throws: PostgresError.self) {
                try await pool.withConnection { connection in
                    try connection.run(script: "CREATE TABLE numbers (value integer)")
                    try connection.execute(
                        Statement("insert_number", "INSERT INTO numbers VALUES ($1)"),
                        .text("s3cret")
                    )
                }
            }

            #expect(error?.sqlState == "22P02")
            #expect(error?.statement == "insert_number")
            #expect(error?.file.hasSuffix("PostgresErrorTests.swift") == true)
            #expect(error?.isRetryable == false)
            #expect(String(describing: error).contains("s3cret") == false)
            #expect(String(reflecting: error).contains("s3cret") == false)
        }
    }

    @Test
    func `a unique violation names its constraint and not the row`() async throws {
        try await PostgresPool.withDatabase { pool, _ in
            let error = await #expect(throws: PostgresError.self) {
                try await pool.withConnection { connection in
                    try connection.run(
                        script: """
                            CREATE TABLE names (name text CONSTRAINT names_are_unique UNIQUE);
                            INSERT INTO names VALUES ('s3cret')
                            """
                    )
                    try connection.execute(
                        Statement("insert_name", "INSERT INTO names VALUES ($1)"),
                        .text("s3cret")
                    )
                }
            }

            #expect(error?.isUniqueViolation(constraint: "names_are_unique") == true)
            #expect(error?.isUniqueViolation() == true)
            #expect(error?.isUniqueViolation(constraint: "another") == false)
            #expect(error?.code == .constraintViolation)
            #expect(error?.description.contains("s3cret") == false)
        }
    }

    @Test
    func `a column is named when it is missing, null or of another type`() async throws {
        try await PostgresPool.withDatabase { pool, _ in
            let found = try await pool.withConnection { connection in
                try connection.execute(
                    Statement("row", "SELECT 'x' AS name, NULL::bigint AS ship")
                ).first
            }
            let row = try #require(found)

            for (column, read) in [
                ("missing", { _ = try row.text("missing") }),
                ("ship", { _ = try row.int64("ship") }),
                ("name", { _ = try row.int64("name") }),
            ] as [(String, () throws -> Void)] {
                let error = #expect(throws: PostgresError.self) { try read() }
                #expect(error?.code == .unexpectedColumn)
                #expect(error?.message.contains("\"\(column)\"") == true)
                #expect(error?.statement == "row")
            }
            #expect(try row.optionalInt64("ship") == nil)
        }
    }

    @Test
    func `two statements of one name are refused`() async throws {
        try await PostgresPool.withDatabase(size: 1) { pool, _ in
            let error = await #expect(throws: PostgresError.self) {
                try await pool.withConnection { connection in
                    try connection.execute(Statement("same", "SELECT 1"))
                    try connection.execute(Statement("same", "SELECT 2"))
                }
            }

            #expect(error?.statement == "same")
        }
    }

    @Test
    func `a statement that takes too long is stopped by the server`() async throws {
        try await PostgresFixture.withDatabase(migrations: []) { database in
            let pool = PostgresPool(
                PostgresPoolConfiguration(
                    connectionString: database.ownerConnectionString,
                    size: 1,
                    statementTimeout: .milliseconds(20)
                ),
                logger: .silent
            )
            let error = await #expect(throws: PostgresError.self) {
                try await pool.withConnection { connection in
                    _ = try connection.execute(
                        Statement("nap", "SELECT 1 FROM (SELECT pg_sleep(60)) AS nap")
                    )
                }
            }

            #expect(error?.code == .statementTimeout)
            await pool.close()
        }
    }

    @Test(arguments: [
        ("host=/nowhere dbname=x password=s3cret", nil, true),
        ("postgres://user:s3cret@[broken", "22023", false),
    ])
    func `a connection that can't be had says so without the password`(
        _ connectionString: String,
        _ sqlState: String?,
        _ isRetryable: Bool
    ) async throws {
        let pool = PostgresPool(
            PostgresPoolConfiguration(
                connectionString: connectionString,
                size: 1,
                acquireTimeout: .milliseconds(100)
            ),
            logger: .silent
        )

        let error = await #expect(throws: PostgresError.self) {
            try await pool.withConnection { _ in }
        }

        #expect(error?.code == .connectionFailed)
        #expect(error?.sqlState == sqlState)
        #expect(error?.isRetryable == isRetryable)
        #expect(error?.description.contains("s3cret") == false)
        await pool.close()
    }

    @Test
    func `an unknown database is no matter of trying again`() async throws {
        try await PostgresFixture.withDatabase(migrations: []) { database in
            let pool = PostgresPool(
                PostgresPoolConfiguration(
                    connectionString: database.ownerConnectionString
                        .replacing("dbname=\(database.name)", with: "dbname=nowhere"),
                    size: 1
                ),
                logger: .silent
            )

            let error = await #expect(throws: PostgresError.self) {
                try await pool.withConnection { _ in }
            }

            #expect(error?.sqlState == "3D000")
            #expect(error?.isRetryable == false)
            await pool.close()
        }
    }
}
