import CorePostgres
import CoreTestSupport
import FleetModel
import Testing

/// The real schema, asked by SQL as the role that the server works as.
@Suite(.timeLimit(.minutes(12)))
struct RowSecurityTests {
    /// What a transaction may have set: who asks.
    private enum Caller: CaseIterable {
        case wrongTenant, tenantThatIsNot, none, empty, negative, word

        var setting: String? {
            switch self {
            case .wrongTenant: "2"
            case .tenantThatIsNot: "77"
            case .none: nil
            case .empty: ""
            case .negative: "-1"
            case .word: "1 OR true"
            }
        }
    }

    /// What a statement did to a foreign row.
    private enum Outcome: Equatable {
        case rows(Int)
        /// With the SQLSTATE.
        case refused(String)

        /// Saw or changed nothing.
        var isHarmless: Bool {
            switch self {
            case .rows(let count): count == 0
            // Insufficient privilege (row security's own refusals are these too), or a tenant that
            // is no number.
            case .refused(let state): ["42501", "22P02"].contains(state)
            }
        }
    }

    /// Lends the real schema with one row of tenants 1 and 2 in every table.
    private func withRows(
        as role: DatabaseRole = .server,
        _ body: ([String], _ server: PostgresPool, _ superuser: PostgresPool) async throws -> Void
    ) async throws {
        try await PostgresFixture.withDatabase(migrations: Shore.migrations) { database in
            try await PostgresPool.lend(database.superuserConnectionString) { superuser in
                let tables = try await RowSecurity.tables(superuser)
                try await RowSecurity.dropChecks(superuser)
                for table in tables {
                    for tenant in Int64(1)...2 {
                        let insert = try await RowSecurity.insert(
                            into: table,
                            tenant: tenant,
                            variant: 0,
                            superuser
                        )
                        // Without what triggers would add of their own.
                        let script = """
                            BEGIN; SET LOCAL session_replication_role = replica; \(insert); COMMIT
                            """
                        try await superuser.withConnection { try $0.run(script: script) }
                    }
                }
                try await PostgresPool.lend(database.connectionString(as: role)) { server in
                    try await body(tables, server, superuser)
                }
            }
        }
    }

    /// Runs one statement in a transaction of its own, which is rolled back.
    private func run(
        _ sql: String,
        as setting: String?,
        _ server: PostgresPool
    ) async throws -> Outcome {
        struct RolledBack: Error { let count: Int }
        do {
            try await server.transaction(tenant: nil) { connection in
                if let setting {
                    let set = Statement(
                        "set_test_tenant",
                        "SELECT set_config('hawser.tenant_id', $1::text, true)"
                    )
                    try connection.execute(set, .text(setting))
                }
                throw RolledBack(count: try connection.executeCount(Statement(sql: sql)))
            }
        } catch let error as RolledBack {
            return .rows(error.count)
        } catch let error as PostgresError {
            return .refused(error.sqlState ?? "none")
        }
        return .rows(-1)
    }

    @Test(arguments: DatabaseRole.allCases)
    func `no caller sees, changes, deletes or adds a foreign row in any table`(
        _ role: DatabaseRole
    ) async throws {
        try await withRows(as: role) { tables, server, superuser in
            #expect(tables.count >= 15)
            for table in tables {
                let foreign = "FROM hawser.\(table) WHERE tenant_id = 1"
                let insert = try await RowSecurity.insert(
                    into: table,
                    tenant: 1,
                    variant: 1,
                    superuser
                )
                let statements = [
                    "SELECT 1 \(foreign)",
                    "SELECT 1 \(foreign) FOR UPDATE",
                    "UPDATE hawser.\(table) SET tenant_id = tenant_id WHERE tenant_id = 1",
                    "UPDATE hawser.\(table) SET tenant_id = 2 WHERE tenant_id = 1",
                    // Giving one's own row away, or taking another's number.
                    "UPDATE hawser.\(table) SET tenant_id = 1",
                    "DELETE \(foreign)",
                    "TRUNCATE hawser.\(table)",
                    insert,
                    insert + " ON CONFLICT DO NOTHING",
                ]
                for caller in Caller.allCases {
                    for sql in statements {
                        let outcome = try await run(sql, as: caller.setting, server)
                        #expect(outcome.isHarmless, "\(caller): \(sql): \(outcome)")
                    }
                }
            }
        }
    }

    @Test(arguments: DatabaseRole.allCases)
    func `with the right tenant there is exactly the own row in every table that a role reads`(
        _ role: DatabaseRole
    ) async throws {
        try await withRows(as: role) { tables, server, superuser in
            let readable = try await RowSecurity.names(
                """
                SELECT relname::text AS value FROM pg_class
                WHERE relnamespace = 'hawser'::regnamespace
                    AND has_any_column_privilege('\(role.name)', oid, 'SELECT')
                """,
                superuser
            )
            #expect(role != .server || Set(readable).isSuperset(of: tables))
            for table in tables {
                let expected = readable.contains(table) ? Outcome.rows(1) : .refused("42501")
                for tenant in ["1", "2"] {
                    let outcome = try await run("SELECT 1 FROM hawser.\(table)", as: tenant, server)
                    #expect(outcome == expected, "\(table)")
                }
            }
        }
    }

    @Test(arguments: DatabaseRole.allCases)
    func `no partition can be reached by its own name`(_ role: DatabaseRole) async throws {
        try await withRows(as: role) { _, server, superuser in
            // One made by the function too, as ingest makes them.
            try await superuser.withConnection { connection in
                try connection.run(script: "SELECT hawser.ensure_partitions(now(), now())")
            }
            let partitions = try await RowSecurity.partitions(superuser)
            #expect(partitions.count >= 9)
            for partition in partitions {
                for sql in [
                    "SELECT 1 FROM hawser.\(partition)",
                    "SELECT tenant_id FROM hawser.\(partition)",
                    "DELETE FROM hawser.\(partition)",
                    "UPDATE hawser.\(partition) SET tenant_id = 2",
                ] {
                    for tenant in [nil, "1", "2"] {
                        let outcome = try await run(sql, as: tenant, server)
                        #expect(outcome == .refused("42501"), "\(sql): \(outcome)")
                    }
                }
            }
        }
    }

    @Test func `functions with their owner's rights are known, pinned and closed to others`()
        async throws
    {
        try await PostgresFixture.withDatabase(migrations: Shore.migrations) { database in
            try await PostgresPool.lend(database.superuserConnectionString) { superuser in
                // A new one is to be judged here by a person.
                let definers = """
                    SELECT proname::text AS value FROM pg_proc
                    WHERE pronamespace = 'hawser'::regnamespace AND prosecdef ORDER BY proname
                    """
                let names = try await RowSecurity.names(definers, superuser)
                #expect(
                    names == [
                        // For servers of two versions: four arguments and five.
                        "drop_partitions", "drop_partitions", "due_webhooks", "ending_tenants",
                        "ensure_chunk_partition", "ensure_log_partition", "ensure_partitions",
                        "ensure_rollup_chunk_partition", "erase_rows",
                        "tenant_by_name", "tenant_directory",
                    ]
                )
                let loose = """
                    SELECT proname::text AS value FROM pg_proc
                    WHERE pronamespace = 'hawser'::regnamespace AND prosecdef
                        AND (
                            NOT coalesce(
                                proconfig::text LIKE '%search_path=pg_catalog, pg_temp%', false
                            )
                            OR EXISTS (
                                SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner)))
                                WHERE grantee = 0
                            )
                        )
                    """
                let found = try await RowSecurity.names(loose, superuser)
                #expect(found.isEmpty, "\(found)")
            }
        }
    }

    @Test func `those functions tell numbers of tenants and nothing else`() async throws {
        try await withRows { _, server, superuser in
            // The rows say something in every column, and those of tenants that they are being deleted.
            try await superuser.withConnection {
                try $0.run(script: "UPDATE hawser.tenants SET ending_at = NULL")
            }
            let directory = try await server.withConnection { connection in
                try connection.execute(
                    Statement(sql: "SELECT t::text AS value FROM hawser.tenant_directory() AS t")
                ).map { try $0.text("value") }
            }
            #expect(directory == ["1", "2"])
            try await superuser.withConnection {
                try $0.run(
                    script: "UPDATE hawser.tenants SET ending_at = now() WHERE tenant_id = 2"
                )
            }
            let ending = try await server.withConnection { connection in
                try connection.execute(
                    Statement(sql: "SELECT t::text AS value FROM hawser.ending_tenants() AS t")
                ).map { try $0.text("value") }
            }
            #expect(ending == ["2"])
            for sql in [
                "SELECT hawser.ensure_partition('sample_blocks', 'week_at', now(), now())",
                "SELECT hawser.protect('hawser.ships')",
                "ALTER TABLE hawser.ships DISABLE ROW LEVEL SECURITY",
                "CREATE POLICY mine ON hawser.ships USING (true)",
                "CREATE TABLE hawser.mine (a int)",
                "SET ROLE hawser_owner",
                "SET SESSION AUTHORIZATION hawser_owner",
            ] {
                let outcome = try await run(sql, as: "1", server)
                #expect(outcome == .refused("42501"), "\(sql): \(outcome)")
            }
        }
    }

    @Test func `the start-up check accepts the real schema with partitions and rows`() async throws
    {
        try await withRows { _, server, _ in
            try await server.withConnection { connection in
                try connection.run(script: "SELECT hawser.ensure_partitions(now(), now())")
                try TenancyCheck.verify(connection)
            }
        }
    }

    @Test func `a tenant set in one transaction is gone in the next`() async throws {
        try await withRows { _, server, _ in
            for _ in 0..<8 {
                try await server.transaction(tenant: TenantID(1)) { connection in
                    let rows = try connection.execute(
                        Statement(sql: "SELECT name AS value FROM hawser.ships")
                    )
                    #expect(rows.count == 1)
                }
                try await server.transaction(tenant: nil) { connection in
                    let rows = try connection.execute(
                        Statement(sql: "SELECT name AS value FROM hawser.ships")
                    )
                    #expect(rows.isEmpty)
                }
            }
        }
    }
}
