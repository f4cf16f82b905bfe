import CoreDeploy
import CoreDomain
import CorePostgres
import CoreRegistry
import CoreTestSupport
import Testing

/// Each part of the server may do what its statements do, and nothing else. PREPARE does not ask for
/// rights; the start of a plan does, and so EXPLAIN.
@Suite(.timeLimit(.minutes(10)))
struct DatabaseRoleTests {
    /// A superuser's connection on which all statements of all roles are prepared.
    private func withPrepared(
        _ body: @Sendable @escaping (PostgresConnection) throws -> Void
    ) async throws {
        try await PostgresFixture.withDatabase(migrations: PostgresFixture.schema) { database in
            let pool = PostgresPool(
                PostgresPoolConfiguration(
                    connectionString: database.superuserConnectionString,
                    size: 1
                ),
                logger: .silent
            )
            try await pool.withConnection { connection in
                try connection.run(script: "SET plan_cache_mode = force_generic_plan; BEGIN")
                for statement in try Self.statements(of: .server, connection) {
                    try connection.run(script: "PREPARE \(statement.name) AS \(statement.sql)")
                }
                try body(connection)
                try connection.run(script: "ROLLBACK")
            }
            await pool.close()
        }
    }

    private static func statements(
        of role: DatabaseRole,
        _ connection: PostgresConnection
    ) throws -> [Statement] {
        let copies = StatementCatalogue.copiedTables(of: role).map {
            Statement("copy_\($0)", "INSERT INTO hawser.\($0) DEFAULT VALUES")
        }
        let catalogued =
            StatementCatalogue.statements(of: role) + RegistryStatements.statements(of: role)
            + DeployStatements.statements(of: role)
        guard let left = StatementCatalogue.tablesWithoutExport(of: role) else {
            return catalogued + copies
        }
        let exports = try tables(connection).filter { !left.contains($0) }.map {
            Statement("export_\($0)", "SELECT tenant_id FROM hawser.\($0)")
        }
        return catalogued + copies + exports
    }

    private static func tables(_ connection: PostgresConnection) throws -> [String] {
        try texts(
            """
            SELECT relname::text AS value FROM pg_class
            WHERE relnamespace = 'hawser'::regnamespace AND relkind IN ('r', 'p')
                AND NOT relispartition AND relname <> 'schema_migrations'
            """,
            connection
        )
    }

    private static func texts(
        _ sql: String,
        _ connection: PostgresConnection
    ) throws -> [String] {
        let name = "roles_\(UInt(bitPattern: sql.hashValue))"
        return try connection.execute(Statement(name, sql)).map { try $0.text("value") }
    }

    /// Whether a role is let; whatever else is in the way is an error.
    private static func may(
        _ sql: String,
        _ role: DatabaseRole,
        after change: String = "",
        _ connection: PostgresConnection
    ) throws -> Bool {
        try connection.run(script: "SAVEPOINT attempt")
        defer { try? connection.run(script: "ROLLBACK TO attempt") }
        do {
            try connection.run(script: "\(change); SET LOCAL ROLE \(role.name); \(sql)")
            return true
        } catch {
            guard error.sqlState == "42501" else { throw error }
            return false
        }
    }

    private static func explain(_ statement: Statement) -> String {
        let count = statement.sql.matches(of: /\$([0-9]+)/).compactMap { Int($0.1) }.max() ?? 0
        let nulls = Array(repeating: "NULL", count: count).joined(separator: ", ")
        return "EXPLAIN EXECUTE \(statement.name)\(count > 0 ? "(\(nulls))" : "")"
    }

    @Test func `each role may run each of its statements`() async throws {
        try await withPrepared { connection in
            for role in DatabaseRole.allCases {
                let statements = try Self.statements(of: role, connection)
                #expect(statements.count > 20)
                for statement in statements {
                    let may = try Self.may(Self.explain(statement), role, connection)
                    #expect(may, "\(role.name) may not \(statement.name)")
                }
            }
        }
    }

    @Test func `no role has a right that none of its statements needs`() async throws {
        try await withPrepared { connection in
            for role in DatabaseRole.serving {
                let statements = try Self.statements(of: role, connection)
                let grants = try Self.texts(
                    """
                    SELECT privilege_type || ' ON ' || relname AS value FROM pg_class
                    CROSS JOIN LATERAL aclexplode(relacl)
                    WHERE relnamespace = 'hawser'::regnamespace AND relkind <> 'S'
                        AND grantee = '\(role.name)'::regrole
                    UNION ALL
                    SELECT format('%s (%I) ON %s', privilege_type, attname, relname)
                    FROM pg_class
                    JOIN pg_attribute ON attrelid = pg_class.oid
                    CROSS JOIN LATERAL aclexplode(attacl)
                    WHERE relnamespace = 'hawser'::regnamespace
                        AND grantee = '\(role.name)'::regrole
                    """,
                    connection
                )
                #expect(grants.count > 15)
                for grant in grants {
                    let words = grant.split(separator: " ON ").map(String.init)
                    let table = "hawser.\(words[1])"
                    let change = "REVOKE \(words[0]) ON \(table) FROM \(role.name)"
                    let isNeeded = try statements.contains { statement in
                        guard statement.sql.contains(table) else { return false }
                        let plan = Self.explain(statement)
                        return try !Self.may(plan, role, after: change, connection)
                    }
                    #expect(isNeeded, "\(role.name) needs no \(grant)")
                }
                let text = statements.map(\.sql).joined(separator: "\n")
                let others = try Self.texts(
                    """
                    SELECT relname::text AS value FROM pg_class
                    WHERE relnamespace = 'hawser'::regnamespace
                        AND CASE WHEN relkind = 'S' THEN
                            has_sequence_privilege('\(role.name)', oid, 'USAGE, SELECT, UPDATE')
                        ELSE false END
                    UNION
                    SELECT proname::text FROM pg_proc
                    WHERE pronamespace = 'hawser'::regnamespace AND prosecdef
                        AND has_function_privilege('\(role.name)', oid, 'EXECUTE')
                    """,
                    connection
                )
                for name in others {
                    #expect(text.contains("hawser.\(name)"), "\(role.name) needs no \(name)")
                }
            }
        }
    }

    @Test func `ships' door reads no person, readers write nothing, upkeep enters nobody`()
        async throws
    {
        try await withPrepared { connection in
            let people = [
                "users", "api_tokens", "role_bindings", "sessions", "fleets", "idempotent_requests",
            ]
            for table in people + ["audit_entries", "audit_heads", "label_policies", "tenants"] {
                for role in [DatabaseRole.ingress, .reports] {
                    let sql = "EXPLAIN SELECT tenant_id FROM hawser.\(table)"
                    #expect(try !Self.may(sql, role, connection), "\(role): \(table)")
                }
            }
            for table in people {
                for sql in ["SELECT tenant_id FROM", "DELETE FROM", "TRUNCATE"] {
                    let sql = "\(sql.hasPrefix("T") ? "" : "EXPLAIN ")\(sql) hawser.\(table)"
                    #expect(try !Self.may(sql, .scheduler, connection), "\(sql)")
                }
            }
            for table in try Self.tables(connection) {
                for sql in [
                    "EXPLAIN INSERT INTO hawser.\(table) DEFAULT VALUES",
                    "EXPLAIN UPDATE hawser.\(table) SET tenant_id = 1",
                    "EXPLAIN DELETE FROM hawser.\(table)", "TRUNCATE hawser.\(table)",
                ] {
                    #expect(try !Self.may(sql, .reports, connection), "\(sql)")
                }
                // A row never changes whose it is.
                let move = "EXPLAIN UPDATE hawser.\(table) SET tenant_id = 1"
                for role in DatabaseRole.serving {
                    #expect(try !Self.may(move, role, connection), "\(role): \(move)")
                }
            }
        }
    }

    @Test func `no role leads to another`() async throws {
        try await PostgresFixture.withDatabase(migrations: PostgresFixture.schema) { database in
            for role in DatabaseRole.allCases {
                let pool = PostgresPool(
                    PostgresPoolConfiguration(
                        connectionString: database.connectionString(as: role),
                        size: 1
                    ),
                    logger: .silent
                )
                try await pool.withConnection { connection in
                    try TenancyCheck.verify(connection)
                    for other in DatabaseRole.allCases.map(\.name) + ["hawser_owner"]
                    where other != role.name {
                        #expect(throws: PostgresError.self, "\(role.name): \(other)") {
                            try connection.run(script: "SET ROLE \(other)")
                        }
                    }
                }
                await pool.close()
            }
        }
    }

    @Test func `every statement is some part's`() {
        let parts = DatabaseRole.serving.flatMap {
            StatementCatalogue.statements(of: $0) + RegistryStatements.statements(of: $0)
                + DeployStatements.statements(of: $0)
        }
        let all = StatementCatalogue.all + RegistryStatements.all + DeployStatements.all
        #expect(Set(all.map(\.name)).subtracting(parts.map(\.name)).isEmpty)
    }
}
