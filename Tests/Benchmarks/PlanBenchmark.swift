import ArgumentParser
import CoreDeploy
import CoreDomain
import CorePostgres
import CoreTestSupport
import FleetModel
import FleetRuntime
import FleetTestSupport
import Logging

/// How long a plan takes, and a look at what is on its way.
struct PlanBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Seconds to plan and freeze a deployment, and to step many that are on their way."
    )

    @Option(help: "Ships of the plan, each with 28 days of link and something that it runs.")
    var ships = 10_000

    @Option(help: "Waves of the plan.")
    var waves = 20

    @Option(help: "Deployments that are stepped.")
    var deployments = 200

    @Option(help: "Ships of each of those.")
    var each = 50

    @Flag(help: "One JSON object, for scripts.")
    var json = false

    /// Seconds that something may take.
    private static let bounds = ["freeze": 5.0, "evaluate": 1]
    private static let now = Timestamp(seconds: 1_793_577_600)

    func run() async throws {
        guard 50...100_000 ~= ships, 1...100 ~= waves, 1...1000 ~= deployments, 10...ships ~= each
        else {
            throw CommandError(
                "ships are 50 to 100,000, waves 1 to 100, deployments 1 to 1000 of 10 ships or more"
            )
        }
        var figures = Figures(
            title: "\(ships) ships in \(waves) waves, \(deployments) deployments of \(each)"
        )
        for (key, value) in try await measure() {
            figures.add("\(key)_seconds", value, decimals: 3, note: "s")
            guard let bound = Self.bounds[key] else { continue }
            figures.add("\(key)_of_bound", value / bound, decimals: 3, note: "of \(bound) s")
        }
        figures.print(json: json)
    }

    private func measure() async throws -> [(String, Double)] {
        var seconds: [(String, Double)] = []
        try await PostgresFixture.withDatabase(migrations: PostgresFixture.schema) { database in
            let pool = PostgresPool(
                PostgresPoolConfiguration(
                    connectionString: database.serverConnectionString,
                    size: 2
                ),
                logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
            )
            try await withTemporaryDirectory { folder in
                let keys = try ServerKeys(directory: folder + "/keys", at: Self.now)
                let tenant = try await Tenants(
                    pool: pool,
                    authorities: TenantAuthorities(pool: pool, keys: keys)
                ).create(name: "bench", at: Self.now, for: .command("bench")).id
                let tokens = AccessTokens(pool: pool)
                let token = try await tokens.create(
                    tenant: tenant,
                    name: "bench.admin",
                    role: .admin,
                    lasting: .seconds(86_400),
                    at: Self.now,
                    for: .command("bench")
                )
                let caller = try await tokens.principal(for: token, at: Self.now)
                let act = Act(by: caller, for: .command("bench"), at: Self.now)
                try await fill(tenant, pool)
                let desk = Deployments(pool: pool)
                let share = (ships + waves - 1) / waves
                let plan = try Self.request(
                    "large",
                    slot: "large",
                    targets: ["labels": .object(["bench": .array([.string("all")])])],
                    waves: (1...waves).map { number in
                        .object(["name": .string("\(number)"), "count": .integer(Int64(share))])
                    }
                )
                let clock = ContinuousClock()
                let preview = try await clock.measure { _ = try await desk.preview(plan, act) }
                let frozen = try await clock.measure { _ = try await desk.plan(plan, act) }
                seconds.append(("preview", preview.inSeconds))
                seconds.append(("freeze", frozen.inSeconds))
                for number in 0..<deployments {
                    let small = try Self.request(
                        "small-\(number)",
                        slot: "slot-\(number)",
                        targets: ["labels": .object(["group": .array([.string("few")])])],
                        waves: [
                            .object(["name": .string("canaries"), "count": .integer(5)]),
                            .object(["name": .string("rest")]),
                        ]
                    )
                    let made = try await desk.plan(small, act)
                    _ = try await desk.start(made.id, act)
                }
                func step(after seconds: Int64) async throws -> Double {
                    let steps = DeploymentSteps(
                        pool: pool,
                        clock: .fixed(Self.now + .seconds(seconds)),
                        prepare: { _ in .ready }
                    )
                    return try await clock.measure { try await steps.step(tenant) }.inSeconds
                }
                seconds.append(("open", try await step(after: 1)))
                seconds.append(("first_look", try await step(after: 2)))
                // Nothing was told and no time is over: nothing is looked at.
                seconds.append(("quiet", try await step(after: 3)))
                // Every one of them is judged by the evidence of all of its ships.
                seconds.append(("evaluate", try await step(after: 120)))
            }
            await pool.close()
        }
        return seconds
    }

    private func fill(_ tenant: TenantID, _ pool: PostgresPool) async throws {
        try await pool.transaction(tenant: tenant) { [ships, each] connection in
            try connection.run(
                script: """
                    INSERT INTO hawser.ships
                        (tenant_id, ship_id, name, created_at, class, labels, bearers)
                    SELECT \(tenant), n, 's' || n, now(), 'c' || n % 12,
                        CASE WHEN n <= \(each) THEN '{"bench": "all", "group": "few"}'
                            ELSE '{"bench": "all", "group": "many"}' END::jsonb,
                        '[{"name":"vsat","rate_bits":800000,"price_micros_per_mb":2000000,"currency":"USD"}]'
                    FROM generate_series(1, \(ships)) AS n;
                    INSERT INTO hawser.link_days
                    SELECT \(tenant), n,
                        (to_timestamp(\(Self.now.milliseconds / 1000)) AT TIME ZONE 'UTC')::date - d,
                        '', (n * d) % 86400 * 1000, 1000000, 4
                    FROM generate_series(1, \(ships)) AS n, generate_series(1, 28) AS d;
                    INSERT INTO hawser.ship_holdings
                    SELECT \(tenant), n, 'large', 'current', sha256(('base' || n % 20)::bytea), 0, now()
                    FROM generate_series(1, \(ships)) AS n;
                    INSERT INTO hawser.registered_models
                        (tenant_id, registered_model_id, name, created_at, updated_at)
                    VALUES (\(tenant), 1, 'anomaly', 0, 0);
                    INSERT INTO hawser.model_versions
                        (tenant_id, registered_model_id, version, source, storage_location, status,
                        created_at, updated_at)
                    VALUES (\(tenant), 1, 1, '', '', 3, 0, 0);
                    INSERT INTO hawser.artifact_blobs
                        (tenant_id, digest, size, location, key_number, stored_at)
                    VALUES (\(tenant), sha256('1'), 5000000, 'none', 1, now());
                    INSERT INTO hawser.model_version_files
                        (tenant_id, registered_model_id, version, path, source_path, digest, size)
                    VALUES (\(tenant), 1, 1, 'model.onnx', 'x', sha256('1'), 5000000)
                    """
            )
        }
    }

    private static func request(
        _ name: String,
        slot: String,
        targets: [String: JSONValue],
        waves: [JSONValue]
    ) throws -> DeploymentRequest {
        try DeploymentRequest(
            .object([
                "name": .string(name), "slot": .string(slot), "model": .string("anomaly"),
                "model_version": .integer(1), "targets": .object(targets), "waves": .array(waves),
            ])
        )
    }
}
