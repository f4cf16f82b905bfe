import CorePostgres
import Logging

/// The test process's cluster, and the templates in it.
actor ThrowawayCluster {
    private var server: Task<ThrowawayServer, any Error>?
    private var templates: [[Migration]: Task<String, any Error>] = [:]
    private var pool: PostgresPool?
    private var databaseCount = 0

    func makeDatabase(migrations: [Migration]) async throws -> TestDatabase {
        let server = try await startedServer()
        let template = try await template(of: migrations, on: server)
        databaseCount += 1
        let name = "test_\(databaseCount)"
        try await create(name, from: template, on: server)
        return TestDatabase(
            name: name,
            ownerConnectionString: server.connectionString(ClusterRoles.owner, name),
            logins: Dictionary(
                uniqueKeysWithValues: DatabaseRole.allCases.map {
                    ($0, server.connectionString($0.name, name))
                }
            ),
            superuserConnectionString: server.connectionString("postgres", name)
        )
    }

    /// A failure is of no consequence: the whole cluster goes with the process.
    func drop(_ database: TestDatabase) async {
        // A cancelled test must be cleaned up after as well, hence a task of its own.
        await Task { [pool] in
            try? await pool?.withConnection { connection in
                try connection.run(script: "DROP DATABASE \(database.name) WITH (FORCE)")
            }
        }.value
    }

    private func startedServer() async throws -> ThrowawayServer {
        if let server { return try await server.value }
        // Shared by all tests, so it belongs to none of their tasks.
        let starting = Task {
            let server = try ThrowawayServer.start()
            try await server.waitUntilReady()
            return server
        }
        server = starting
        return try await starting.value
    }

    private func template(
        of migrations: [Migration],
        on server: ThrowawayServer
    ) async throws -> String {
        if let known = templates[migrations] { return try await known.value }
        let name = "template_\(templates.count + 1)"
        // Shared by all tests with these migrations, so it belongs to none of their tasks.
        let making = Task {
            try await create(name, from: "template0", on: server)
            _ = try await Migrator.migrate(
                connectionString: server.connectionString(ClusterRoles.owner, name),
                migrations: migrations,
                logger: Logger(label: "test.migrator") { _ in SwiftLogNoOpLogHandler() }
            )
            return name
        }
        templates[migrations] = making
        return try await making.value
    }

    private func create(
        _ name: String,
        from template: String,
        on server: ThrowawayServer
    ) async throws {
        try await superuserPool(of: server).withConnection { connection in
            try connection.run(
                script: "CREATE DATABASE \(name) TEMPLATE \(template) OWNER \(ClusterRoles.owner)"
            )
            try connection.run(script: ClusterRoles.rights(on: name))
        }
    }

    private func superuserPool(of server: ThrowawayServer) -> PostgresPool {
        if let pool { return pool }
        let made = PostgresPool(
            PostgresPoolConfiguration(
                connectionString: server.connectionString("postgres", "postgres"),
                size: 2,
                statementTimeout: .seconds(300),
                acquireTimeout: .seconds(300),
                applicationName: "fixture"
            ),
            logger: Logger(label: "test.fixture") { _ in SwiftLogNoOpLogHandler() }
        )
        pool = made
        return made
    }
}
