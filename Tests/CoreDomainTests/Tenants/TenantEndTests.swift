import CoreDomain
import CorePostgres
import FleetModel
import FleetTestSupport
import Testing

@Suite(.timeLimit(.minutes(10)))
struct TenantEndTests {
    /// Every table with a tenant, partitions not counted, from the catalogue.
    private func tables(_ shore: Shore) async throws -> [String] {
        try await shore.superuser.withConnection { connection in
            try connection.execute(
                Statement(
                    "test_tenant_tables",
                    """
                    SELECT relname::text AS name FROM pg_class
                    JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'tenant_id'
                    WHERE relnamespace = 'hawser'::regnamespace AND relkind IN ('r', 'p')
                        AND NOT relispartition AND relname <> 'tenants'
                    ORDER BY relname
                    """
                )
            ).map { try $0.text("name") }
        }
    }

    private func rows(_ shore: Shore, _ table: String, _ tenant: TenantID) async throws -> Int64 {
        try await shore.number("SELECT count(*) FROM hawser.\(table) WHERE tenant_id = \(tenant)")
    }

    /// A row in every table there is: those that no service made are copied in without their checks.
    private func fill(_ shore: Shore, _ tenant: TenantID) async throws {
        for table in try await tables(shore) where try await rows(shore, table, tenant) == 0 {
            let columns = try await shore.superuser.withConnection { connection in
                try connection.execute(
                    Statement(
                        Shore.name(of: "\(table) \(tenant)"),
                        """
                        SELECT quote_ident(attname) AS name, CASE
                            WHEN attname = 'tenant_id' THEN '\(tenant)'
                            WHEN attname = 'resolution_seconds' THEN '300'
                            WHEN typname IN ('int4', 'int8', 'int2') THEN '300'
                            WHEN typname = 'text' THEN '''x'''
                            WHEN typname = 'bytea' THEN '''\\x0102'''
                            WHEN typname = 'bool' THEN 'false'
                            WHEN typname = 'xid8' THEN '''7'''
                            WHEN typname = 'uuid' THEN 'gen_random_uuid()'
                            WHEN typname IN ('jsonb', 'json') THEN '''{}'''
                            WHEN typname = 'timestamptz' THEN '''2001-01-01T00:00:00Z'''
                            WHEN typname = 'date' THEN '''2001-01-01'''
                            WHEN typname = 'float8' THEN '0'
                            ELSE '''{}'''
                        END AS value
                        FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
                        WHERE attrelid = 'hawser.\(table)'::regclass AND attnum > 0
                            AND NOT attisdropped AND attgenerated = '' AND attidentity = ''
                        """
                    )
                ).map { (try $0.text("name"), try $0.text("value")) }
            }
            try await shore.run(
                """
                BEGIN; SET LOCAL session_replication_role = replica;
                INSERT INTO hawser.\(table) (\(columns.map(\.0).joined(separator: ", ")))
                VALUES (\(columns.map(\.1).joined(separator: ", "))); COMMIT
                """
            )
        }
    }

    /// References stay: they are what decides on the order. Checks say nothing here.
    private func dropChecks(_ shore: Shore) async throws {
        try await shore.run(
            """
            DO $$
            DECLARE check_ record;
            BEGIN
                FOR check_ IN
                    SELECT conrelid::regclass AS relation, conname FROM pg_constraint
                    WHERE connamespace = 'hawser'::regnamespace AND contype = 'c'
                        AND conparentid = 0 AND coninhcount = 0
                LOOP
                    EXECUTE format(
                        'ALTER TABLE %s DROP CONSTRAINT %I', check_.relation, check_.conname
                    );
                END LOOP;
            END
            $$
            """
        )
    }

    @Test func `of a deleted tenant no table has a row, and of others none is gone`() async throws {
        try await withShore { shore in
            try await dropChecks(shore)
            let acme = try await Audited(shore).tenant
            let zenith = try await Audited(shore, "zenith").tenant
            for tenant in [acme.id, zenith.id] {
                _ = try await shore.caller(tenant, .admin)
                try await fill(shore, tenant)
            }
            var counts: [String: Int64] = [:]
            for table in try await tables(shore) {
                #expect(try await rows(shore, table, acme.id) > 0, "\(table)")
                counts[table] = try await rows(shore, table, zenith.id)
            }
            let change = Change(actor: "user:1:ops", reason: "the contract ended", requestID: "r9")
            let version = try await shore.tenants.record(of: acme.id).version
            await #expect(throws: DomainError.self, "a stale version") {
                try await shore.tenants.delete(
                    acme.id,
                    .versions([version + 1]),
                    at: Shore.now,
                    for: change
                )
            }
            #expect(try await shore.tenants.directory() == [acme.id, zenith.id])
            let isGone = try await shore.tenants.delete(
                acme.id,
                .versions([version]),
                at: Shore.now,
                for: change
            )
            #expect(isGone)
            for table in try await tables(shore) {
                #expect(try await rows(shore, table, acme.id) == 0, "\(table)")
                #expect(try await rows(shore, table, zenith.id) == counts[table], "\(table)")
            }
            #expect(try await rows(shore, "tenants", acme.id) == 0)
            #expect(try await shore.tenants.directory() == [zenith.id])
            await #expect(throws: DomainError.self) { try await shore.tenants.find(name: "acme") }
            // What remains are two entries of the installation's own: that it was asked, and done.
            for action in ["tenant.delete", "tenant.erase"] {
                let remaining = """
                    SELECT count(*) FROM hawser.audit_entries WHERE tenant_id = 0
                        AND action = '\(action)' AND target = 'tenant/acme'
                        AND reason = 'the contract ended' AND actor = 'user:1:ops'
                    """
                #expect(try await shore.number(remaining) == 1)
            }
        }
    }

    @Test func `rows of a tenant that stays can't be erased, nor the installation itself`()
        async throws
    {
        try await withShore { shore in
            let acme = try await Audited(shore).tenant
            for (table, tenant) in [
                ("ships", acme.id), ("audit_entries", acme.id), ("users", .system),
            ] {
                await #expect(throws: PostgresError.self) {
                    try await shore.pool.transaction(tenant: tenant) { connection in
                        try connection.run(
                            script: "SELECT hawser.erase_rows('\(table)', \(tenant), 10)"
                        )
                    }
                }
            }
            #expect(try await rows(shore, "ships", acme.id) == Audited.entries - 1)
            await #expect(throws: DomainError.self) {
                try await shore.tenants.delete(
                    .system,
                    .any,
                    at: Shore.now,
                    for: .command("test")
                )
            }
        }
    }

    @Test func `a deletion that was cut short is finished by the next`() async throws {
        try await withShore { shore in
            let acme = try await Audited(shore).tenant
            try await shore.run(
                "UPDATE hawser.tenants SET ending_at = now() WHERE tenant_id = \(acme.id)"
            )
            try await shore.run("DELETE FROM hawser.tenant_keys WHERE tenant_id = \(acme.id)")
            #expect(try await shore.tenants.directory().isEmpty)
            #expect(try await shore.tenants.find(name: "acme").id == acme.id)
            let isGone = try await shore.tenants.delete(
                acme.id,
                .any,
                at: Shore.now,
                for: .command("test")
            )
            #expect(isGone)
            #expect(try await rows(shore, "tenants", acme.id) == 0)
        }
    }

    @Test func `whose time is up locks the tenant out, and the upkeep erases the rest`()
        async throws
    {
        try await withShore { shore in
            let acme = try await Audited(shore).tenant
            let zenith = try await Audited(shore, "zenith").tenant
            let token = try await AccessTokens(pool: shore.pool).create(
                tenant: acme.id,
                name: "ci",
                role: .admin,
                lasting: .seconds(3600),
                at: Shore.now,
                for: .command("test")
            )
            let isGone = try await shore.tenants.delete(
                acme.id,
                .any,
                within: .zero,
                at: Shore.now,
                for: .command("test")
            )
            #expect(!isGone)
            // Nobody gets in, nothing can be unsealed, and the register's rows are there still.
            await #expect(throws: DomainError.self) {
                try await AccessTokens(pool: shore.pool).principal(for: token, at: Shore.now)
            }
            #expect(try await rows(shore, "tenant_keys", acme.id) == 0)
            #expect(try await rows(shore, "ships", acme.id) == Audited.entries - 1)
            #expect(try await shore.tenants.record(of: acme.id).endingAt != nil)
            // Two replicas at once.
            async let other: Void = shore.tenants.finishEnds(at: Shore.now)
            try await shore.tenants.finishEnds(at: Shore.now)
            try await other
            for table in try await tables(shore) + ["tenants"] {
                #expect(try await rows(shore, table, acme.id) == 0, "\(table)")
            }
            #expect(try await rows(shore, "ships", zenith.id) == Audited.entries - 1)
            let told = """
                SELECT count(*) FROM hawser.audit_entries
                WHERE tenant_id = 0 AND action = 'tenant.erase' AND target = 'tenant/acme'
                """
            #expect(try await shore.number(told) == 1)
        }
    }

    @Test func `what was sealed stays closed after a deletion, even when its rows come back`()
        async throws
    {
        try await withShore { shore in
            let acme = try await Audited(shore).tenant
            let vault = TenantVault(pool: shore.pool, keys: shore.keys)
            let (number, sealed) = try await shore.pool.transaction(tenant: acme.id) { connection in
                let key = try vault.newest(of: acme.id, at: Shore.now, connection)
                return (key.number, try key.seal(Array("a secret".utf8), for: "test"))
            }
            // What somebody kept of every table but that of the keys.
            try await shore.run(
                """
                CREATE TABLE public.kept_tenants AS
                    SELECT * FROM hawser.tenants WHERE tenant_id = \(acme.id);
                CREATE TABLE public.kept_authorities AS
                    SELECT * FROM hawser.tenant_authorities WHERE tenant_id = \(acme.id)
                """
            )
            let before = TenantAuthorities(pool: shore.pool, keys: shore.keys)
            _ = try await before.authority(of: acme.id)
            _ = try await shore.tenants.delete(
                acme.id,
                .any,
                at: Shore.now,
                for: .command("test")
            )
            try await shore.run(
                """
                INSERT INTO hawser.tenants SELECT * FROM public.kept_tenants;
                INSERT INTO hawser.tenant_authorities SELECT * FROM public.kept_authorities
                """
            )
            await #expect(throws: DomainError.self) {
                try await shore.pool.transaction(tenant: acme.id) { connection in
                    try vault.key(number, of: acme.id, connection).open(sealed, for: "test")
                }
            }
            // The same file of the server's key, and nothing remembered.
            let anew = TenantAuthorities(pool: shore.pool, keys: shore.keys)
            await #expect(throws: DomainError.self) { try await anew.authority(of: acme.id) }
            // A new key of the same number is another key.
            let other = try await shore.pool.transaction(tenant: acme.id) { connection in
                try vault.newest(of: acme.id, at: Shore.now, connection)
            }
            #expect(other.number == number)
            #expect(throws: DomainError.self) { try other.open(sealed, for: "test") }
        }
    }

    @Test func `an export has every row of the tenant, no other's, and no secret`() async throws {
        try await withShore { shore in
            try await dropChecks(shore)
            let acme = try await Audited(shore).tenant
            _ = try await Audited(shore, "zenith")
            _ = try await shore.caller(acme.id, .admin)
            try await fill(shore, acme.id)
            // More than a page.
            try await shore.run(
                """
                INSERT INTO hawser.shore_events
                    (tenant_id, ship_id, raised_at, kind, severity, message)
                SELECT \(acme.id), (SELECT min(ship_id) FROM hawser.ships WHERE tenant_id = \(acme.id)),
                    '2026-01-01Z'::timestamptz + i * interval '1 s', 'k', 3, 'm'
                FROM generate_series(1, 250) AS i
                """
            )
            var export = shore.tenants.export(acme.id, name: acme.name, at: Shore.now)
            var text = ""
            while let lines = try await export.next() {
                text += String(decoding: lines, as: UTF8.self)
            }
            let lines = text.split(separator: "\n")
            #expect(lines.first?.contains("hawser-tenant-1") == true)
            let left = ["tenant_keys", "tenant_authorities", "sessions", "idempotent_requests"]
            var total: Int64 = 1
            for table in try await tables(shore) where !left.contains(table) {
                let expected = try await rows(shore, table, acme.id)
                let mark = "{\"table\" : \"\(table)\","
                let found = lines.count { $0.hasPrefix(mark) }
                #expect(Int64(found) == expected, "\(table)")
                total += expected
            }
            #expect(
                lines.last
                    == "{\"end\": true, \"tables\": \(try await tables(shore).count + 1 - left.count), \"rows\": \(total)}"
            )
            #expect(!text.contains("\"tenant_id\":2"))
            for word in ["secret_hash", "password_hash", "sealed_key", "zenith"] {
                #expect(!text.contains(word), "\(word)")
            }
        }
    }
}
