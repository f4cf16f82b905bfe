import FleetModel
import FleetProtocol
import FleetTestSupport
import Testing

@testable import CoreDomain

@Suite(.timeLimit(.minutes(10)))
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

    /// How old what is planted is.
    private static let ages: [Int64] = [10, 300, 500]

    /// A row of every table of records, of each age; by the shore's time, and by the ship's.
    private static func planted(_ tenant: Int64, _ ship: Int64) -> String {
        ages.enumerated().map { index, days in
            let at = Shore.now - .seconds(days * 86_400)
            let moment = "to_timestamp(\(at.milliseconds) / 1000.0)"
            let key = "\(tenant), \(ship)"
            let day = at.milliseconds / 86_400_000
            return """
                INSERT INTO hawser.events
                    SELECT \(key), 1, \(index), n, \(at.milliseconds), \(moment), 3, 'k', 'm'
                    FROM generate_series(1, 6000) AS n;
                INSERT INTO hawser.shore_events VALUES (\(key), \(moment), 'k', 3, 'm');
                INSERT INTO hawser.ship_clocks VALUES (\(key), \(moment), \(index));
                INSERT INTO hawser.declarations VALUES (
                    \(key), 1, \(index), 0, 4, \(at.milliseconds), \(at.milliseconds + 1), NULL,
                    NULL, 0, 2, \(1 << index), 'budget', '', 0, \(moment)
                );
                INSERT INTO hawser.ship_days VALUES (\(key), 1, \(day), 4, 1, 0, 0, \(moment));
                INSERT INTO hawser.stored_days VALUES (\(key), 1, \(day), 4, 1, \(moment));
                INSERT INTO hawser.link_reports VALUES (
                    \(key), 1, \(index), 0, \(at.milliseconds), 0, 'vsat', 1, 1, 1, 1, 'EUR'
                );
                INSERT INTO hawser.link_usage VALUES (\(key), \(moment), 1, 1, 1, 1);
                INSERT INTO hawser.ledger_differences VALUES (
                    \(key), \(index), 4, 'k', 1, \(moment), \(moment), \(moment), \(moment)
                );
                INSERT INTO hawser.wants VALUES (
                    \(key), \(index), 0, 1, 1, 'me', \(moment), \(moment), \(moment), 0, 0, 0
                );
                INSERT INTO hawser.rollup_segments VALUES (
                    \(key), 1, \(index), 1, \(at.milliseconds), \(at.milliseconds), 1, ''
                );
                INSERT INTO hawser.log_blocks VALUES (
                    \(key), \(moment), \(at.milliseconds), 1, \(index), 0, 1, 3, '', ''
                );
                """
        }.joined(separator: "\n")
    }

    @Test func `records and logs end too, table by table, and what declarations came to stays`()
        async throws
    {
        try await withShore { shore in
            let admission = try await shore.ship()
            let tenant = admission.identity.tenant
            let retentions = Retentions(pool: shore.pool, standard: .standard)
            let own = Retention(
                rawDays: 30,
                fiveMinuteDays: 100,
                hourDays: 200,
                logDays: 200,
                recordDays: 400
            )
            try await retentions.set(own, of: tenant, at: Shore.now, for: .command("test"))
            #expect(try await retentions.retention(of: tenant) == own)
            try await shore.run(
                Self.planted(tenant.rawValue, admission.identity.ship.rawValue)
            )
            // Open: a difference that nobody resolved, a want without an answer.
            try await shore.run(
                """
                UPDATE hawser.ledger_differences SET resolved_at = NULL WHERE epoch = 2;
                UPDATE hawser.wants SET answered_at = NULL, outcome = NULL WHERE want_id = 2;
                """
            )
            let fleet = try await shore.ships.list(tenant: tenant, visible: .all)
            let deleted = try await retentions.enforce(on: tenant, ships: fleet, at: Shore.now)
            for (table, left) in [
                ("events", 12_000), ("shore_events", 2), ("ship_clocks", 2), ("declarations", 2),
                ("ship_days", 2), ("stored_days", 2), ("link_reports", 2), ("link_usage", 2),
                ("ledger_differences", 3), ("wants", 3), ("rollup_segments", 1), ("log_blocks", 1),
            ] as [(String, Int64)] {
                let count = try await shore.number("SELECT count(*) FROM hawser.\(table)")
                #expect(count == left, "\(table)")
            }
            #expect(deleted == 6000 + 7 + 2 + 2)
            // 1 + 2 + 4 samples were declared, and the ship's account says so for ever.
            #expect(
                try await shore.number(
                    "SELECT (SELECT sum(sample_count) FROM hawser.declarations) "
                        + "+ (SELECT sum(degraded) FROM hawser.declared_totals)"
                ) == 7
            )
            #expect(try await retentions.enforce(on: tenant, ships: fleet, at: Shore.now) == 0)
        }
    }

    @Test func `chunks of rollups end with what they are made of`() async throws {
        try await withShore { shore in
            let admission = try await shore.ship()
            let tenant = admission.identity.tenant
            let session = try await shore.open(admission)
            _ = try await session.commit([try Cargo.catalogue(0, 0..<5)], partials: [])
            for (index, days) in ([1, 20, 80, 150] as [Int64]).enumerated() {
                let cargo = try Self.voyage(daysAgo: days, first: index * 3)
                _ = try await session.commit(cargo, partials: [])
            }
            _ = try await RollupCompaction(pool: shore.pool)
                .compact(admission.identity, at: Shore.now)
            let retentions = Retentions(
                pool: shore.pool,
                standard: Retention(rawDays: 10, fiveMinuteDays: 30, hourDays: 100)
            )
            let fleet = try await shore.ships.list(tenant: tenant, visible: .all)
            _ = try await retentions.enforce(on: tenant, ships: fleet, at: Shore.now)
            for (seconds, left) in [(300, 2), (3600, 3)] {
                #expect(
                    try await shore.number(
                        "SELECT count(DISTINCT period_at) FROM hawser.rollup_chunks "
                            + "WHERE resolution_seconds = \(seconds)"
                    ) == Int64(left)
                )
            }
            // Daily ones stay for good.
            #expect(
                try await shore.number(
                    "SELECT count(DISTINCT period_at) FROM hawser.rollup_chunks "
                        + "WHERE resolution_seconds = 86400"
                ) >= 3
            )
        }
    }
}
