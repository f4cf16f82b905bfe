import CorePostgres
import FleetModel
import Testing

/// Transactions that only read go to the server together with their first statement.
@Suite(.timeLimit(.minutes(10)))
struct ReadingTransactionTests {
    private static let tenant = Statement(
        "reading_tenant",
        "SELECT current_setting('hawser.tenant_id', true) AS tenant, pg_backend_pid()::bigint AS pid"
    )
    private static let share = Statement("reading_share", "SELECT 100 / $1::bigint AS share")
    private static let sleep = Statement(
        "reading_sleep",
        "SELECT pg_sleep($1::float8)::text AS void"
    )
    private static let end = Statement(
        "reading_end",
        "SELECT CASE WHEN $1::bool THEN pg_terminate_backend(pg_backend_pid()) END AS has_ended"
    )

    private static func reading<Value: Sendable>(
        _ pool: PostgresPool,
        of tenant: TenantID? = nil,
        _ body: @Sendable @escaping (PostgresConnection) throws -> Value
    ) async throws -> Value {
        try await pool.transaction(tenant: tenant, readOnly: true, body)
    }

    @Test
    func `each knows its own tenant, and the next one knows nothing of it`() async throws {
        try await PostgresPool.withDatabase(size: 1) { pool, _ in
            for tenant: Int64? in [nil, 7, 8, nil, 7] {
                let seen = try await Self.reading(pool, of: tenant.map(TenantID.init)) {
                    connection in
                    try (1...2).map { _ in
                        try connection.execute(Self.tenant)[0].optionalText("tenant") ?? ""
                    }
                }
                let expected = tenant.map(String.init) ?? ""
                #expect(seen == [expected, expected])
            }
        }
    }

    @Test
    func `a statement that was made for one call begins it as any other does`() async throws {
        try await PostgresPool.withDatabase(size: 1) { pool, _ in
            for tenant: Int64 in [7, 8] {
                let seen = try await Self.reading(pool, of: TenantID(tenant)) { connection in
                    try connection.executeComposed(Self.tenant, values: [])[0].optionalText(
                        "tenant"
                    )
                }
                #expect(seen == "\(tenant)")
            }
        }
    }

    @Test
    func `all its statements see what was there at one time where that is asked for`() async throws
    {
        let count = Statement("reading_count", "SELECT count(*) AS count FROM things")
        try await PostgresPool.withDatabase(size: 2) { pool, _ in
            try await pool.withConnection { try $0.run(script: "CREATE TABLE things (a bigint)") }
            _ = try await Self.reading(pool) { try $0.execute(count) }
            let (hasCounted, hasInserted) = (Rendezvous(count: 2), Rendezvous(count: 2))
            async let counts = pool.transaction(
                tenant: nil,
                isolation: .repeatableRead,
                readOnly: true
            ) { connection in
                let before = try connection.execute(count)[0].int64("count")
                hasCounted.arriveAndWait()
                hasInserted.arriveAndWait()
                return [before, try connection.execute(count)[0].int64("count")]
            }
            try await pool.withConnection { connection in
                hasCounted.arriveAndWait()
                try connection.run(script: "INSERT INTO things VALUES (1)")
                hasInserted.arriveAndWait()
            }
            #expect(try await counts == [0, 0])
        }
    }

    @Test(arguments: [false, true])
    func `a first statement that fails is named, and the connection goes on`(
        isPrepared: Bool
    ) async throws {
        try await PostgresPool.withDatabase(size: 1) { pool, _ in
            let before = try await Self.reading(pool) { connection in
                if isPrepared { try connection.execute(Self.share, .int64(4)) }
                return try connection.execute(Self.tenant)[0].int64("pid")
            }
            let error = await #expect(throws: PostgresError.self) {
                try await Self.reading(pool, of: TenantID(7)) { connection in
                    _ = try connection.execute(Self.share, .int64(0))
                }
            }
            #expect(error?.sqlState == "22012")
            #expect(error?.statement == "reading_share")
            // One that is swallowed comes out at the end.
            let swallowed = await #expect(throws: PostgresError.self) {
                try await Self.reading(pool) { connection in
                    _ = try? connection.execute(Self.share, .int64(0))
                }
            }
            #expect(swallowed?.sqlState == "22012")
            let (tenant, after) = try await Self.reading(pool) { connection in
                let row = try connection.execute(Self.tenant)[0]
                return (try row.optionalText("tenant") ?? "", try row.int64("pid"))
            }
            #expect(tenant == "")
            #expect(after == before)
        }
    }

    @Test
    func `it leaves no transaction open, also where it did nothing`() async throws {
        try await PostgresPool.withDatabase(size: 1) { pool, _ in
            try await Self.reading(pool) { _ = try $0.execute(Self.tenant) }
            try await Self.reading(pool) { _ = try $0.execute(Self.tenant) }
            #expect(try await pool.withConnection { !$0.isInTransaction })
            try await Self.reading(pool) { _ in }
            #expect(try await pool.withConnection { !$0.isInTransaction })
        }
    }

    @Test
    func `cancelling stops its first statement, and the connection stays usable`() async throws {
        try await PostgresPool.withDatabase(size: 1) { pool, _ in
            let before = try await Self.reading(pool) { connection in
                try connection.execute(Self.sleep, .double(0))
                return try connection.execute(Self.tenant)[0].int64("pid")
            }
            let sleeper = Task {
                try await Self.reading(pool) { _ = try $0.execute(Self.sleep, .double(60)) }
            }
            while pool.load.lent == 0 { try await Task.sleep(for: .milliseconds(5)) }
            try await Task.sleep(for: .milliseconds(50))
            let began = ContinuousClock.now
            sleeper.cancel()
            await #expect(throws: CancellationError.self) { try await sleeper.value }
            #expect(ContinuousClock.now - began < .seconds(20))
            let after = try await Self.reading(pool) {
                try $0.execute(Self.tenant)[0].int64("pid")
            }
            #expect(after == before)
        }
    }

    @Test
    func `a first statement that ends its connection is run twice at the most`() async throws {
        try await PostgresPool.withDatabase(size: 1) { pool, _ in
            try await Self.reading(pool) { _ = try $0.execute(Self.end, .bool(false)) }
            let attempts = Shared(0)
            let error = await #expect(throws: PostgresError.self) {
                try await Self.reading(pool) { connection in
                    attempts.withLock { $0 += 1 }
                    _ = try connection.execute(Self.end, .bool(true))
                }
            }
            #expect(error?.code == .connectionLost)
            #expect(attempts.withLock { $0 } == 2)
            try await Self.reading(pool) { _ = try $0.execute(Self.tenant) }
        }
    }
}
