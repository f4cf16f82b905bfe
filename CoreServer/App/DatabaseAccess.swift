import CoreMigrations
import CorePostgres
import FleetRuntime
import Logging

/// A database that is there, at the right version, and open to this process.
struct DatabaseAccess: Sendable {
    /// What it is opened for.
    enum Use {
        /// A pool for each part of the server.
        case serving
        /// One small pool: a command at the terminal.
        case command
    }

    /// How to reach PostgreSQL as a role.
    private struct Login {
        let connectionString: String
        /// To take on, where the login is another.
        let role: String?
    }

    private let cluster: EmbeddedCluster?
    private let pools: [DatabaseRole: PostgresPool]
    private let commands: PostgresPool?
    /// For listeners, which have connections of their own.
    let listenerConnectionString: String
    let listenerRole: String?

    /// For a part of the server; a command has one for everything.
    func pool(_ role: DatabaseRole) -> PostgresPool {
        guard let pool = pools[role] ?? commands else {
            preconditionFailure("a database is opened with all pools of its use")
        }
        return pool
    }

    var all: [PostgresPool] { Array(pools.values) + (commands.map { [$0] } ?? []) }

    /// Looks after the embedded cluster; none where the database is somebody else's.
    func supervisor(restarts: Counter, logger: Logger) -> ClusterSupervisor? {
        cluster.map { ClusterSupervisor($0, restarts: restarts, logger: logger) }
    }

    /// Finds or starts the database, migrates it, opens pools as roles that own nothing, and refuses
    /// if one of them could see past row security.
    static func open(
        _ configuration: CoreServerConfiguration,
        for use: Use,
        logger: Logger
    ) async throws -> DatabaseAccess {
        let cluster: EmbeddedCluster?
        let owner: String
        switch configuration.database {
        case .embedded:
            let started = try await EmbeddedCluster.acquire(
                dataDirectory: configuration.data,
                logger: logger
            )
            cluster = started
            owner = started.ownerConnectionString
        case .url(let url):
            cluster = nil
            // Migrations take locks for longer than a transaction of a pooler may last.
            owner = configuration.databaseDirect ?? url
        }
        do {
            _ = try await migrate(owner, logger: logger)
            return try await open(configuration, for: use, cluster, logger: logger)
        } catch {
            await cluster?.release()
            throw error
        }
    }

    private static func open(
        _ configuration: CoreServerConfiguration,
        for use: Use,
        _ cluster: EmbeddedCluster?,
        logger: Logger
    ) async throws -> DatabaseAccess {
        func login(_ role: DatabaseRole) -> Login {
            switch (cluster, configuration.database) {
            case (let cluster?, _):
                Login(connectionString: cluster.connectionString(as: role), role: nil)
            case (nil, .url(let url)): Login(connectionString: url, role: role.name)
            case (nil, .embedded): preconditionFailure("the embedded cluster was started")
            }
        }
        func pool(_ role: DatabaseRole, size: Int) -> PostgresPool {
            let login = login(role)
            return PostgresPool(
                PostgresPoolConfiguration(
                    connectionString: login.connectionString,
                    role: login.role,
                    size: size,
                    isPooled: configuration.databaseDirect != nil
                ),
                logger: logger
            )
        }
        // Looked at even where nobody works as it here: a command may at any time.
        let commands = pool(.server, size: 2)
        var pools: [DatabaseRole: PostgresPool] = [:]
        if use == .serving {
            for role in DatabaseRole.serving {
                pools[role] = pool(role, size: configuration.connections.count(for: role))
            }
        }
        do {
            try await verify([commands] + pools.values)
        } catch {
            for pool in [commands] + pools.values { await pool.close() }
            throw error
        }
        if use == .serving { await commands.close() }
        let listener = login(.ingress)
        return DatabaseAccess(
            cluster: cluster,
            pools: pools,
            commands: use == .command ? commands : nil,
            // A pooler passes no notifications on.
            listenerConnectionString: configuration.databaseDirect ?? listener.connectionString,
            listenerRole: listener.role
        )
    }

    /// - Throws: `TenancyViolation` with what was found as any of the roles.
    private static func verify(_ pools: [PostgresPool]) async throws {
        var findings: Set<String> = []
        for pool in pools {
            do {
                try await pool.transaction(tenant: nil, readOnly: true) {
                    try TenancyCheck.verify($0)
                }
            } catch let violation as TenancyViolation {
                findings.formUnion(violation.findings)
            }
        }
        guard findings.isEmpty else { throw TenancyViolation(findings: findings.sorted()) }
    }

    /// - Returns: the migrations applied.
    private static func migrate(_ owner: String, logger: Logger) async throws -> Int {
        try await Migrator.migrate(
            connectionString: owner,
            migrations: CoreMigrations.files.map {
                Migration(number: $0.number, title: $0.title, sql: $0.sql)
            },
            logger: logger
        )
    }

    /// Closes the pools, and stops the embedded cluster if nobody else uses it.
    func close() async {
        for pool in all { await pool.close() }
        await cluster?.release()
    }
}
