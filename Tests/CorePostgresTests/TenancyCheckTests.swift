import CorePostgres
import CoreTestSupport
import Testing

@Suite(.timeLimit(.minutes(10)))
struct TenancyCheckTests {
    private static let schema = Migration(
        number: 1,
        title: "tenant tables",
        sql: """
            CREATE TABLE hawser.ships (
                tenant_id bigint, number bigint, PRIMARY KEY (tenant_id, number)
            );
            ALTER TABLE hawser.ships ENABLE ROW LEVEL SECURITY;
            ALTER TABLE hawser.ships FORCE ROW LEVEL SECURITY;
            CREATE POLICY own ON hawser.ships
                USING (tenant_id = nullif(current_setting('hawser.tenant_id', true), '')::bigint);
            -- What only the owner may see is none of the server's business.
            CREATE POLICY directory ON hawser.ships FOR SELECT TO CURRENT_USER USING (true);
            CREATE TABLE hawser.samples (
                tenant_id bigint, at bigint, PRIMARY KEY (tenant_id, at)
            ) PARTITION BY RANGE (at);
            ALTER TABLE hawser.samples ENABLE ROW LEVEL SECURITY;
            ALTER TABLE hawser.samples FORCE ROW LEVEL SECURITY;
            CREATE POLICY own ON hawser.samples
                USING (tenant_id = nullif(current_setting('hawser.tenant_id', true), '')::bigint);
            CREATE TABLE hawser.samples_1 PARTITION OF hawser.samples FOR VALUES FROM (0) TO (9);
            ALTER TABLE hawser.samples_1 ENABLE ROW LEVEL SECURITY;
            ALTER TABLE hawser.samples_1 FORCE ROW LEVEL SECURITY;
            GRANT USAGE ON SCHEMA hawser TO hawser_server;
            GRANT SELECT, INSERT ON hawser.ships, hawser.samples TO hawser_server;
            """
    )

    /// What the check finds after the owner (or for roles, the superuser) did this.
    private func findings(after fault: String, asSuperuser: Bool = false) async throws -> [String] {
        try await PostgresFixture.withDatabase(migrations: [Self.schema]) { database in
            let planter = pool(
                asSuperuser
                    ? database.superuserConnectionString : database.ownerConnectionString
            )
            try await planter.withConnection { try $0.run(script: fault) }
            await planter.close()
            return try await verify(pool(database.serverConnectionString))
        }
    }

    private func pool(_ connectionString: String, role: String? = nil) -> PostgresPool {
        PostgresPool(
            PostgresPoolConfiguration(connectionString: connectionString, role: role, size: 1),
            logger: .silent
        )
    }

    private func verify(_ pool: PostgresPool) async throws -> [String] {
        let findings: [String] = try await pool.withConnection { connection in
            do {
                try TenancyCheck.verify(connection)
                return []
            } catch let violation as TenancyViolation {
                return violation.findings
            }
        }
        await pool.close()
        return findings
    }

    @Test
    func `a schema that keeps the promise passes`() async throws {
        let findings = try await findings(after: "SELECT 1")
        #expect(findings.isEmpty)
    }

    @Test(arguments: [
        (
            "ALTER TABLE hawser.ships DISABLE ROW LEVEL SECURITY",
            "table ships has row security not enabled"
        ),
        (
            "ALTER TABLE hawser.ships NO FORCE ROW LEVEL SECURITY",
            "table ships has row security not forced"
        ),
        (
            "ALTER TABLE hawser.samples_1 DISABLE ROW LEVEL SECURITY",
            "table samples_1 has row security not enabled"
        ),
        (
            "ALTER TABLE hawser.ships DROP CONSTRAINT ships_pkey",
            "table ships has no primary key that starts with tenant_id"
        ),
        (
            """
            ALTER TABLE hawser.ships DROP CONSTRAINT ships_pkey;
            ALTER TABLE hawser.ships ADD PRIMARY KEY (number, tenant_id)
            """,
            "table ships has no primary key that starts with tenant_id"
        ),
        (
            "DROP POLICY own ON hawser.samples",
            "table samples has no policy"
        ),
        (
            "CREATE POLICY everything ON hawser.ships USING (true)",
            "policy everything on table ships does not ask for just the tenant"
        ),
        (
            "GRANT SELECT ON hawser.samples_1 TO hawser_server",
            "role hawser_server has privileges on partition samples_1 itself"
        ),
        (
            "GRANT SELECT ON hawser.samples_1 TO PUBLIC",
            "role hawser_server has privileges on partition samples_1 itself"
        ),
        (
            "CREATE TABLE hawser.prices (number bigint PRIMARY KEY)",
            "table prices has no tenant_id"
        ),
        (
            """
            CREATE MATERIALIZED VIEW hawser.totals AS SELECT 1 AS total;
            GRANT SELECT ON hawser.totals TO hawser_server
            """,
            "materialized view totals is not under row security"
        ),
    ])
    func `a planted fault is found`(_ fault: String, _ finding: String) async throws {
        let findings = try await findings(after: fault)
        #expect(findings == [finding])
    }

    @Test
    func `every fault is listed, not only the first`() async throws {
        let findings = try await findings(
            after: """
                ALTER TABLE hawser.ships DISABLE ROW LEVEL SECURITY;
                ALTER TABLE hawser.ships NO FORCE ROW LEVEL SECURITY;
                CREATE TABLE hawser.prices (number bigint PRIMARY KEY);
                """
        )

        #expect(findings.count == 3)
    }

    @Test(arguments: [
        (
            """
            CREATE VIEW hawser.all_ships AS SELECT * FROM hawser.ships;
            GRANT SELECT ON hawser.all_ships TO hawser_server
            """,
            "view all_ships is not under row security"
        ),
        (
            """
            DO $$ BEGIN EXECUTE format(
                'ALTER DATABASE %I SET hawser.tenant_id = 1', current_database()
            ); END $$
            """,
            "hawser.tenant_id is set for the whole session"
        ),
    ])
    func `a fault that only a superuser can plant is found`(
        _ fault: String,
        _ finding: String
    ) async throws {
        let findings = try await findings(after: fault, asSuperuser: true)
        #expect(findings == [finding])
    }

    @Test(arguments: [
        ("SUPERUSER", "", "role %s is a superuser"),
        ("BYPASSRLS", "", "role %s has BYPASSRLS"),
        (
            "", "CREATE TABLE public.own_%s (); ALTER TABLE public.own_%s OWNER TO %s",
            "role %s owns own_%s"
        ),
        (
            "", "GRANT hawser_owner TO %s",
            "role %s is a member of hawser_owner, which owns relations"
        ),
        (
            "", "CREATE ROLE mighty_%s BYPASSRLS; GRANT mighty_%s TO %s",
            "role %s is a member of mighty_%s, which has BYPASSRLS"
        ),
    ])
    func `a role with too much power is found`(
        _ attributes: String,
        _ fault: String,
        _ finding: String
    ) async throws {
        try await PostgresFixture.withDatabase(migrations: [Self.schema]) { database in
            // Roles are the whole cluster's, so each test has its own.
            let role = "weak_\(database.name)"
            let superuser = pool(database.superuserConnectionString)
            try await superuser.withConnection { connection in
                try connection.run(script: "CREATE ROLE \(role) \(attributes)")
                try connection.run(script: fault.replacing("%s", with: role))
            }
            await superuser.close()

            let findings = try await verify(
                pool(database.superuserConnectionString, role: role)
            )

            // Whoever may act as the owner has the owner's policies and rights too, hence contains.
            #expect(findings.contains(finding.replacing("%s", with: role)))
        }
    }
}
