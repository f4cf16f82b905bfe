import CorePostgres
import FleetModel
import Testing

/// Statements whose text is put together for a call.
@Suite(.timeLimit(.minutes(10)))
struct ComposedStatementTests {
    private static func statement(_ number: Int) -> Statement {
        Statement(
            "composed_search",
            "SELECT current_setting('hawser.tenant_id', true) AS tenant, $1::bigint + \(number) AS sum"
        )
    }

    private static let kept = Statement(
        "composed_kept",
        "SELECT count(*) AS count FROM pg_prepared_statements WHERE name LIKE '%composed_search%'"
    )

    @Test func `each sees its tenant, however often it came before`() async throws {
        try await PostgresPool.withDatabase(size: 1) { pool, _ in
            for turn in 1...4 {
                for readOnly in [true, false] {
                    let row = try await pool.transaction(
                        tenant: TenantID(Int64(turn)),
                        readOnly: readOnly
                    ) { connection in
                        let row = try connection.executeComposed(
                            Self.statement(1),
                            values: [.int64(Int64(turn))]
                        )[0]
                        return (try row.text("tenant"), try row.int64("sum"))
                    }
                    #expect(row.0 == "\(turn)")
                    #expect(row.1 == Int64(turn) + 1)
                }
            }
        }
    }

    @Test func `a connection remembers the last few texts, and those right`() async throws {
        try await PostgresPool.withDatabase(size: 1) { pool, _ in
            let counts = try await pool.withConnection { connection in
                var counts: [Int64] = []
                for turn in 1...3 {
                    for number in 0..<100 {
                        let row = try connection.executeComposed(
                            Self.statement(number),
                            values: [.int64(Int64(turn))]
                        )[0]
                        #expect(try row.int64("sum") == Int64(turn + number))
                    }
                    counts.append(try connection.execute(Self.kept)[0].int64("count"))
                }
                return counts
            }
            // One that came once is not kept.
            #expect(counts == [0, 32, 32])
        }
    }
}
