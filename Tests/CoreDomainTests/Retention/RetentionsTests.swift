import FleetModel
import FleetProtocol
import FleetTestSupport
import Testing

@testable import CoreDomain

@Suite(.timeLimit(.minutes(5)))
struct RetentionsTests {
    private static func voyage(daysAgo days: Int64, first: Int) throws -> [ReceiveSession.Segment] {
        try Cargo.voyage(segments: first + 3, until: Shore.now - .seconds(days * 86_400))
            .filter { $0.lane == .metrics && $0.sequence >= UInt64(first) }
    }

    @Test func `each tenant keeps what it wants, and wrong clocks' data stay`() async throws {
        try await withShore { shore in
            let retentions = Retentions(
                pool: shore.pool,
                standard: Retention(rawDays: 60, fiveMinuteDays: 100, hourDays: 200)
            )
            var tenants: [TenantID] = []
            for name in ["short", "standard"] {
                let admission = try await shore.ship(tenant: name)
                tenants.append(admission.identity.tenant)
                let session = try await shore.open(admission)
                _ = try await session.commit([try Cargo.catalogue(0, 0..<5)], partials: [])
                var first = 0
                for days in [1, 20, 80, 150, 400, 20_000] as [Int64] {
                    _ = try await session.commit(
                        try Self.voyage(daysAgo: days, first: first),
                        partials: []
                    )
                    first += 3
                }
                // What is past may be compacted or not.
                if name == "short" {
                    _ = try await Compaction(pool: shore.pool)
                        .compact(admission.identity, at: Shore.now - .seconds(50 * 86_400))
                }
            }
            try await retentions.set(
                Retention(rawDays: 10, fiveMinuteDays: 30, hourDays: 90),
                of: tenants[0],
                at: Shore.now,
                for: .command("test")
            )
            for tenant in tenants {
                let ships = try await shore.ships.list(tenant: tenant, visible: .all)
                _ = try await retentions.enforce(on: tenant, ships: ships, at: Shore.now)
            }
            func days(
                _ table: String,
                _ tenant: TenantID,
                _ condition: String = "true"
            )
                async throws -> Int64
            {
                let column = table == "rollups" ? "interval_at" : "week_at"
                let source =
                    table == "rollups"
                    ? "hawser.rollups"
                    : "(SELECT tenant_id, week_at FROM hawser.sample_blocks UNION ALL "
                        + "SELECT tenant_id, day_at FROM hawser.sample_chunks) AS stored"
                return try await shore.number(
                    """
                    SELECT count(DISTINCT date_trunc('day', \(column), 'UTC')) FROM \(source)
                    WHERE tenant_id = \(tenant.rawValue) AND \(condition)
                    """
                )
            }
            // Of 1, 20, 80, 150 and 400 days, and of one that is no age.
            #expect(try await days("samples", tenants[0]) == 2)
            #expect(try await days("samples", tenants[1]) == 3)
            #expect(try await days("rollups", tenants[0], "resolution_seconds = 300") == 3)
            #expect(try await days("rollups", tenants[1], "resolution_seconds = 300") == 4)
            #expect(try await days("rollups", tenants[0], "resolution_seconds = 3600") == 4)
            #expect(try await days("rollups", tenants[1], "resolution_seconds = 3600") == 5)
            #expect(try await days("rollups", tenants[1], "resolution_seconds = 86400") == 6)
            // Past for all: whole partitions are gone, those within anybody's time are not.
            #expect(try await shore.number("SELECT \(Self.partitions("2025"))") == 0)
            #expect(try await shore.number("SELECT \(Self.partitions("202611"))") > 0)
        }
    }

    private static func partitions(_ year: String) -> String {
        """
        count(*) FROM pg_class WHERE relnamespace = 'hawser'::regnamespace
        AND relkind = 'r' AND relname ~ '^(sample|rollups).*_\(year)'
        """
    }

    @Test func `a retention that is out of order is refused`() async throws {
        for (raw, five, hour) in [(0, 10, 20), (10, 5, 20), (10, 20, 15), (1, 2, 40_000)]
            as [(Int32, Int32, Int32)]
        {
            #expect(throws: DomainError.self) {
                try Retention(rawDays: raw, fiveMinuteDays: five, hourDays: hour).check()
            }
        }
    }
}
