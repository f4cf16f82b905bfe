import CorePostgres
import FleetModel
import Testing

@Suite(.timeLimit(.minutes(10)))
struct TransactionTests {
    private static let table = """
        CREATE TABLE counters (number bigint PRIMARY KEY, value bigint NOT NULL);
        INSERT INTO counters VALUES (1, 0), (2, 0);
        """
    private static let read = Statement(
        "read_counter",
        "SELECT value FROM counters WHERE number = $1"
    )
    private static let add = Statement(
        "add_to_counter",
        "UPDATE counters SET value = value + 1 WHERE number = $1"
    )
    private static let insert = Statement(
        "insert_counter",
        "INSERT INTO counters VALUES ($1, 0)"
    )

    @Test
    func `two transactions that conflict both succeed, one of them at its second attempt`()
        async throws
    {
        try await PostgresPool.withDatabase(size: 3) { pool, _ in
            try await pool.withConnection { try $0.run(script: Self.table) }
            let attempts = Shared(0)
            let readers = Rendezvous(count: 2)

            // Each reads both counters before either writes: a cycle that can't be serialized.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for own: Int64 in [1, 2] {
                    group.addTask {
                        try await pool.transaction(tenant: nil, isolation: .serializable) {
                            connection in
                            let attempt = attempts.withLock { count in
                                count += 1
                                return count
                            }
                            try connection.execute(Self.read, .int64(3 - own))
                            if attempt <= 2 { readers.arriveAndWait() }
                            try connection.execute(Self.add, .int64(own))
                        }
                    }
                }
                try await group.waitForAll()
            }

            let values = try await pool.withConnection { connection in
                try [1, 2].map { try connection.execute(Self.read, .int64($0))[0].int64("value") }
            }
            #expect(values == [1, 1])
            #expect(attempts.withLock { $0 } == 3)
        }
    }

    @Test
    func `a body's own error rolls back and comes out unchanged`() async throws {
        struct Refusal: Error {}
        try await PostgresPool.withDatabase { pool, _ in
            try await pool.withConnection { try $0.run(script: Self.table) }

            await #expect(throws: Refusal.self) {
                try await pool.transaction(tenant: nil) { connection in
                    try connection.execute(Self.add, .int64(1))
                    throw Refusal()
                }
            }

            let value = try await pool.withConnection { connection in
                try connection.execute(Self.read, .int64(1)).first?.int64("value")
            }
            #expect(value == 0)
        }
    }

    @Test
    func `a body that swallows a failed statement does not commit in silence`() async throws {
        try await PostgresPool.withDatabase { pool, _ in
            try await pool.withConnection { try $0.run(script: Self.table) }

            let error = await #expect(throws: PostgresError.self) {
                try await pool.transaction(tenant: nil) { connection in
                    try connection.execute(Self.add, .int64(1))
                    _ = try? connection.execute(Self.insert, .int64(1))
                }
            }

            #expect(error?.isUniqueViolation(constraint: "counters_pkey") == true)
            #expect(error?.statement == "insert_counter")
        }
    }

    @Test
    func `the tenant is known inside the transaction and forgotten after it`() async throws {
        let tenant = Statement(
            "tenant",
            "SELECT current_setting('hawser.tenant_id', true) AS tenant"
        )
        try await PostgresPool.withDatabase(size: 1) { pool, _ in
            let inside = try await pool.transaction(tenant: TenantID(42)) { connection in
                try connection.execute(tenant).first?.optionalText("tenant")
            }
            let after = try await pool.transaction(tenant: nil) { connection in
                try connection.execute(tenant).first?.optionalText("tenant")
            }

            #expect(inside == "42")
            #expect((after ?? "") == "")
        }
    }

    @Test
    func `a read-only transaction refuses to write`() async throws {
        try await PostgresPool.withDatabase { pool, _ in
            try await pool.withConnection { try $0.run(script: Self.table) }

            let error = await #expect(throws: PostgresError.self) {
                try await pool.transaction(tenant: nil, readOnly: true) { connection in
                    _ = try connection.execute(Self.add, .int64(1))
                }
            }

            #expect(error?.sqlState == "25006")
        }
    }

    @Test
    func `a transaction left open outside of transaction() is rolled back`() async throws {
        try await PostgresPool.withDatabase(size: 1) { pool, _ in
            try await pool.withConnection { try $0.run(script: Self.table) }
            try await pool.withConnection { connection in
                try connection.run(script: "BEGIN; UPDATE counters SET value = 9")
            }

            let (isOpen, value) = try await pool.withConnection { connection in
                (
                    connection.isInTransaction,
                    try connection.execute(Self.read, .int64(1)).first?.int64("value")
                )
            }

            #expect(!isOpen)
            #expect(value == 0)
        }
    }

    @Test
    func `a plan that a migration outdated is made anew`() async throws {
        let all = Statement("all_counters", "SELECT * FROM counters WHERE number = 1")
        try await PostgresPool.withDatabase(size: 1) { pool, _ in
            try await pool.withConnection { connection in
                try connection.run(script: Self.table)
                try connection.execute(all)
                try connection.run(script: "ALTER TABLE counters ADD COLUMN note text DEFAULT 'x'")
            }

            let note = try await pool.transaction(tenant: nil) { connection in
                try connection.execute(all).first?.text("note")
            }

            #expect(note == "x")
        }
    }

    @Test
    func `a connection lost at COMMIT is not taken for either outcome`() async throws {
        try await PostgresPool.withDatabase(size: 1) { pool, _ in
            // A deferred trigger runs inside COMMIT, and ends its own connection there.
            try await pool.withConnection { connection in
                try connection.run(
                    script: """
                        \(Self.table)
                        CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS $$
                        BEGIN
                            PERFORM pg_terminate_backend(pg_backend_pid());
                            PERFORM pg_sleep(60);
                            RETURN NULL;
                        END $$;
                        CREATE CONSTRAINT TRIGGER hang_up AFTER UPDATE ON counters
                        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hang_up();
                        """
                )
            }

            let error = await #expect(throws: PostgresError.self) {
                try await pool.transaction(tenant: nil) { connection in
                    _ = try connection.execute(Self.add, .int64(1))
                }
            }

            #expect(error?.code == .commitOutcomeUnknown)
            #expect(error?.isRetryable == false)
        }
    }
}
