import CoreDeploy
import CoreDomain
import CorePostgres
import CoreTestSupport
import FleetDeploy
import FleetModel
import FleetProtocol
import FleetRuntime
import FleetTestSupport
import Logging

/// A tenant of a database of its own with ships and versions, and people who plan and approve.
struct DeployShore: Sendable {
    static let now = Timestamp(seconds: 1_793_577_600)
    static let slot = "engine"

    private let superuser: String
    let pool: PostgresPool
    let deployments: Deployments
    let policies: DeployPolicies
    let tenant: TenantID
    private let planner: Principal
    private let reviewer: Principal

    static func lend(
        connections: Int = 4,
        _ body: (DeployShore) async throws -> Void
    ) async throws {
        try await PostgresFixture.withDatabase(migrations: PostgresFixture.schema) { database in
            try await withTemporaryDirectory { folder in
                let pool = PostgresPool(
                    PostgresPoolConfiguration(
                        connectionString: database.serverConnectionString,
                        size: connections
                    ),
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                )
                do {
                    try await body(
                        try await make(pool, folder, database.superuserConnectionString)
                    )
                } catch {
                    await pool.close()
                    throw error
                }
                await pool.close()
            }
        }
    }

    private static func make(
        _ pool: PostgresPool,
        _ folder: String,
        _ superuser: String
    ) async throws -> DeployShore {
        let keys = try ServerKeys(directory: folder + "/keys", at: now)
        let tenants = Tenants(pool: pool, authorities: TenantAuthorities(pool: pool, keys: keys))
        let tenant = try await tenants.create(name: "acme", at: now, for: .command("test"))
        return DeployShore(
            superuser: superuser,
            pool: pool,
            deployments: Deployments(pool: pool),
            policies: DeployPolicies(pool: pool),
            tenant: tenant.id,
            planner: try await principal("planner", tenant.id, pool),
            reviewer: try await principal("reviewer", tenant.id, pool)
        )
    }

    private static func principal(
        _ name: String,
        _ tenant: TenantID,
        _ pool: PostgresPool
    ) async throws -> Principal {
        let tokens = AccessTokens(pool: pool)
        let token = try await tokens.create(
            tenant: tenant,
            name: "\(name).token",
            role: .admin,
            lasting: .seconds(86_400 * 365),
            at: now,
            for: .command("test")
        )
        return try await tokens.principal(for: token, at: now)
    }

    func planner(after time: Duration = .zero) -> Act {
        Act(by: planner, for: .command("planner"), at: Self.now + time)
    }

    func reviewer(after time: Duration = .zero) -> Act {
        Act(by: reviewer, for: .command("reviewer"), at: Self.now + time)
    }

    // MARK: What there is

    /// Ships named s001 on, of two classes by turns, with one bearer.
    func addShips(_ count: Int) async throws {
        try await run(
            """
            INSERT INTO hawser.ships (tenant_id, ship_id, name, created_at, class, labels, bearers)
            SELECT \(tenant), n, 's' || lpad(n::text, 3, '0'), now(),
                CASE WHEN n % 2 = 0 THEN 'tanker' ELSE 'ferry' END, '{"area": "north"}',
                '[{"name":"vsat","rate_bits":800000,"price_micros_per_mb":2000000,"currency":"USD"}]'
            FROM generate_series(1, \(count)) AS n
            """
        )
    }

    /// A version with one file, whose content is its number.
    func addVersion(_ version: Int, size: Int = 1_000_000) async throws {
        try await run(
            """
            INSERT INTO hawser.registered_models
                (tenant_id, registered_model_id, name, created_at, updated_at)
            VALUES (\(tenant), 1, 'anomaly', 0, 0) ON CONFLICT DO NOTHING;
            INSERT INTO hawser.model_versions
                (tenant_id, registered_model_id, version, source, storage_location, status,
                created_at, updated_at)
            VALUES (\(tenant), 1, \(version), '', '', 3, 0, 0);
            INSERT INTO hawser.artifact_blobs (tenant_id, digest, size, location, key_number, stored_at)
            VALUES (\(tenant), sha256('\(version)'), \(size), 'none/\(version)', 1, now());
            INSERT INTO hawser.model_version_files
                (tenant_id, registered_model_id, version, path, source_path, digest, size)
            VALUES (\(tenant), 1, \(version), 'model.onnx', 'x/\(version)', sha256('\(version)'),
                \(size))
            """
        )
    }

    /// Each of the last days the ships were connected for so long.
    func addLink(days: Int, connected: Duration) async throws {
        try await run(
            """
            INSERT INTO hawser.link_days
                (tenant_id, ship_id, day, link_class, connected_ms, bytes, sessions)
            SELECT \(tenant), ship_id,
                (to_timestamp(\(Self.now.milliseconds / 1000)) AT TIME ZONE 'UTC')::date - d, '',
                \(connected.milliseconds), 1000000, 4
            FROM hawser.ships, generate_series(1, \(days)) AS d WHERE tenant_id = \(tenant)
            """
        )
    }

    // MARK: Backups

    private static let tables = """
        SELECT tablename FROM pg_tables WHERE schemaname = 'hawser' AND tablename ~
            '^(deploy|gate_|ship_(holdings|counters|orders|directive))' AND tablename <> 'deploy_policies'
        """

    /// All that the shore knows of deployments.
    func backUp() async throws {
        try await asSuperuser(
            """
            CREATE SCHEMA backup;
            DO $$ DECLARE t text; BEGIN
                FOR t IN \(Self.tables) LOOP
                    EXECUTE format('CREATE TABLE backup.%I AS TABLE hawser.%I', t, t);
                END LOOP;
            END $$;
            CREATE TABLE backup.numbers AS SELECT last_value FROM hawser.deployment_numbers
            """
        )
    }

    /// As it was when it was backed up: what came since has never been.
    func restore() async throws {
        try await asSuperuser(
            """
            SET session_replication_role = replica;
            DO $$ DECLARE t text; BEGIN
                FOR t IN \(Self.tables) LOOP
                    EXECUTE format('DELETE FROM hawser.%I', t);
                    EXECUTE format(
                        'INSERT INTO hawser.%I OVERRIDING SYSTEM VALUE TABLE backup.%I', t, t
                    );
                END LOOP;
            END $$;
            SELECT setval('hawser.deployment_numbers', last_value) FROM backup.numbers
            """
        )
    }

    private func asSuperuser(_ sql: String) async throws {
        let pool = PostgresPool(
            PostgresPoolConfiguration(connectionString: superuser, size: 1),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        do {
            try await pool.transaction(tenant: nil) { try $0.run(script: sql) }
        } catch {
            await pool.close()
            throw error
        }
        await pool.close()
    }

    func run(_ sql: String) async throws {
        try await pool.transaction(tenant: tenant) { connection in
            try connection.run(script: sql)
        }
    }

    func texts(_ sql: String) async throws -> [String] {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            let name = "look_\(UInt(bitPattern: sql.hashValue))"
            return try connection.execute(Statement(name, sql)).map { try $0.text("value") }
        }
    }

    // MARK: What is asked

    static func request(
        version: Int = 1,
        name: String = "first",
        targets: JSONValue = .object(["labels": .object(["area": .array([.string("north")])])]),
        waves: [JSONValue] = [
            .object(["name": .string("canaries"), "count": .integer(2)]),
            .object(["name": .string("rest")]),
        ],
        _ others: [String: JSONValue] = [:]
    ) throws -> DeploymentRequest {
        var members: [String: JSONValue] = [
            "name": .string(name), "slot": .string(slot), "model": .string("anomaly"),
            "model_version": .integer(Int64(version)), "targets": targets, "waves": .array(waves),
        ]
        members.merge(others) { $1 }
        return try DeploymentRequest(.object(members))
    }
}
