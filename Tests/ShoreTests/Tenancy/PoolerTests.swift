import CoreTestSupport
import CoreDomain
import CorePostgres
import FleetModel
import FleetProtocol
import FleetRuntime
import FleetSeries
import FleetTestSupport
import Foundation
import Testing

/// Everything through PgBouncer in transaction mode: no connection remembers anything.
@Suite(.timeLimit(.minutes(10)))
struct PoolerTests {
    /// A login that owns nothing and is nobody until it takes a role on, as each transaction does.
    private static let login = """
        DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pooled_login') THEN
                CREATE ROLE pooled_login LOGIN NOINHERIT;
            END IF;
        END $$;
        GRANT hawser_api, hawser_ingress, hawser_scheduler, hawser_reports, hawser_server
            TO pooled_login;
        """

    /// With fewer connections than the server has.
    private func configuration(_ database: TestDatabase, port: Int, folder: String) -> String {
        let pairs = database.serverConnectionString.split(separator: " ").map {
            $0.split(separator: "=", maxSplits: 1).map(String.init)
        }
        let values = Dictionary(pairs.map { ($0[0], $0[1]) }) { first, _ in first }
        let host = values["host"] ?? ""
        return """
            [databases]
            * = host=\(host) port=\(values["port"] ?? "5432") user=pooled_login
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = \(port)
            unix_socket_dir =
            auth_type = any
            pool_mode = transaction
            ; Fewer than the server's parts have: they take turns on each, as other roles.
            default_pool_size = 3
            max_client_conn = 100
            server_reset_query_always = 1
            server_reset_query = DISCARD ALL
            """
    }

    private func throughPooler<Result>(
        _ body: (Shore) async throws -> Result
    ) async throws -> Result {
        try await PostgresFixture.withDatabase(migrations: Shore.migrations) { database in
            try await PostgresPool.lend(database.superuserConnectionString) { superuser in
                try await superuser.withConnection { connection in
                    try connection.run(script: Self.login)
                    try connection.run(
                        script: "GRANT CONNECT ON DATABASE \(database.name) TO pooled_login"
                    )
                }
            }
            return try await withTemporaryDirectory { folder in
                chmod(folder, 0o755)
                let port = try FreePort.find()
                let settings = folder + "/pgbouncer.ini"
                try AtomicFile.write(
                    Array(configuration(database, port: port, folder: folder).utf8),
                    to: settings,
                    mode: 0o644
                )
                // It refuses to run as root.
                let user = getuid() == 0 ? ["-u", "postgres"] : []
                return try await withProcess("/usr/sbin/pgbouncer", user + [settings]) { pooler in
                    try await pooler.waitForLine(containing: "process up")
                    let file = folder + "/core.yaml"
                    let url = "postgresql://hawser@127.0.0.1:\(port)/\(database.name)"
                    try AtomicFile.write(
                        Array("database: \(url)\ndatabase_direct: \(database.url)\n".utf8),
                        to: file,
                        mode: 0o600
                    )
                    return try await withTemporaryDirectory { data in
                        let runner = ProcessRunner(
                            try Products.path("core-server"),
                            [
                                "serve", "--config", file, "--data", data, "--listen",
                                "127.0.0.1:0", "--sync-listen", "127.0.0.1:0",
                            ]
                        )
                        return try await lend(runner, database, data, body)
                    }
                }
            }
        }
    }

    private func lend<Result>(
        _ runner: ProcessRunner,
        _ database: TestDatabase,
        _ data: String,
        _ body: (Shore) async throws -> Result
    ) async throws -> Result {
        try await PostgresPool.lend(database.serverConnectionString) { pool in
            try await PostgresPool.lend(database.superuserConnectionString) { superuser in
                try await withProcess(runner) { process in
                    try await body(
                        try await Shore(
                            process: process,
                            database: database,
                            data: data,
                            pool: pool,
                            superuser: superuser
                        )
                    )
                }
            }
        }
    }

    @Test func `the API, ships, wants, revocation and isolation work through PgBouncer`()
        async throws
    {
        try await throughPooler { shore in
            let blue = try await shore.makeTenant("blue")
            let green = try await shore.makeTenant("green")
            let ship = try await shore.makeShip("aurora", of: blue)
            let other = try await shore.makeShip("borealis", of: green)
            let session = try await RawSession.open(shore, ship)
            try await session.deliver(
                .catalogue,
                0,
                Segments.catalogue([LabelSet(name: "a", [:]), LabelSet(name: "b", [:])])
            )
            for sequence in 0..<5 {
                try await session.deliver(
                    .metrics,
                    UInt64(sequence),
                    Segments.metrics([(0, Double(sequence)), (1, 2)])
                )
                try await session.deliver(
                    .events,
                    UInt64(sequence),
                    Segments.event("number \(sequence)")
                )
            }
            let tokens = [try await shore.makeToken(blue), try await shore.makeToken(green)]
            // Side by side, so that transactions of both tenants take turns on each connection.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<40 {
                    group.addTask {
                        let own = index % 2
                        let answer = try await shore.call(
                            "/api/v1/fleet/report?format=json",
                            token: tokens[own]
                        )
                        #expect(answer.status == 200)
                        #expect(answer.body.contains("aurora") == (own == 0))
                        #expect(answer.body.contains("borealis") == (own == 1))
                        let foreign = try await shore.call(
                            "/api/v1/ships/aurora/series",
                            token: tokens[own]
                        )
                        #expect(foreign.status == (own == 0 ? 200 : 404))
                    }
                }
                try await group.waitForAll()
            }
            // Heard over a connection past the pooler.
            let second = try await RawSession.open(shore, other)
            try await shore.ships.revoke(other.ship, at: .now, for: .command("test"))
            second.send(.events, 0, try Segments.event("too late").bytes)
            #expect(try await second.client.waitForEnd()?.code == "refused")
            session.close()
            #expect(!shore.log.contains("prepared statement"))
            let users = try await shore.look(
                "SELECT DISTINCT usename::text AS value FROM pg_stat_activity "
                    + "WHERE client_addr IS NULL AND datname = '\(shore.database.name)' "
                    + "AND application_name = 'hawser'"
            )
            #expect(!users.isEmpty)
        }
    }
}
