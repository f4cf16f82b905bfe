import CorePostgres
import FleetModel
import Testing

@testable import CoreDomain

/// How PostgreSQL goes about the hot questions.
@Suite(.timeLimit(.minutes(10)))
struct TelemetryQueriesTests {
    /// Many ships and weeks, so that reading everything would be the wrong choice.
    private static let seed = """
        SELECT hawser.ensure_partitions(day, '2026-11-21')
        FROM generate_series('2026-09-01'::timestamptz, '2026-11-21', '1 day') AS day;
        INSERT INTO hawser.sample_blocks
        SELECT 1, ship, at, (extract(epoch FROM at) * 1000)::bigint, 1, ship, 0,
            (extract(epoch FROM at) * 1000)::bigint, 1, 'x'
        FROM generate_series(1, 40) AS ship,
            generate_series('2026-09-01'::timestamptz, '2026-11-21', '2 hours') AS at;
        INSERT INTO hawser.rollups
        SELECT 1, ship, 300, at, 1, 'x'
        FROM generate_series(1, 40) AS ship,
            generate_series('2026-09-01'::timestamptz, '2026-11-21', '2 hours') AS at;
        ANALYZE hawser.sample_blocks;
        ANALYZE hawser.rollups;
        """

    private func plan(_ statement: Statement, _ values: String) async throws -> String {
        try await withShore(size: 1) { shore in
            try await shore.run(Self.seed)
            return try await shore.pool.transaction(tenant: TenantID(1)) { connection in
                try connection.run(script: "PREPARE hot AS \(statement.sql)")
                let rows = try connection.execute(
                    Statement("explain_hot", "EXPLAIN (COSTS OFF) EXECUTE hot (\(values))")
                )
                return try rows.map { try $0.text("QUERY PLAN") }.joined(separator: "\n")
            }
        }
    }

    @Test func `a page of blocks is read by the key, from the weeks asked for`() async throws {
        let plan = try await plan(
            TelemetryQueries.blocks,
            "1, 7, '2026-11-17 22:00Z', '2026-11-18 12:00Z', 1794960000000, 1795003200000, "
                + "'0001-01-01 00:00Z', -9223372036854775808, -9223372036854775808, "
                + "-9223372036854775808, -2147483648, 64"
        )
        #expect(plan.contains("sample_blocks_20261116"), "\(plan)")
        #expect(!plan.contains("sample_blocks_20261109"), "\(plan)")
        #expect(plan.contains("Index"), "\(plan)")
        #expect(!plan.contains("Seq Scan"), "\(plan)")
    }

    @Test func `a page of rollups is read by the key, from the weeks asked for`() async throws {
        let plan = try await plan(
            RollupChunkQueries.page,
            "1, 7, 300, '2026-11-17 00:00Z', '2026-11-18 12:00Z', 64"
        )
        #expect(plan.contains("rollups_5m_20261116"), "\(plan)")
        #expect(!plan.contains("rollups_5m_20261109"), "\(plan)")
        #expect(!plan.contains("rollups_1d"), "\(plan)")
        #expect(plan.contains("Index"), "\(plan)")
        #expect(!plan.contains("Seq Scan"), "\(plan)")
    }
}
