import CoreMigrations
import CorePostgres
import FleetRuntime
import Logging

/// A database that is there, at the right version, and open to this process.
struct DatabaseAccess: Sendable {
    private let cluster: EmbeddedCluster?
    let pool: PostgresPool
    /// For listeners, which have connections of their own.
    let connectionString: String
    let role: String?

    /// Finds or starts the database, migrates it, opens a pool as the role that owns nothing, and
    /// refuses if that role could see past row security.
    static func open(
        _ configuration: CoreServerConfiguration,
        logger: Logger
    ) async throws -> DatabaseAccess {
        let cluster: EmbeddedCluster?
        let owner: String
        let server: String
        let role: String?
        switch configuration.database {
        case .embedded:
            let started = try await EmbeddedCluster.acquire(
                dataDirectory: configuration.data,
                logger: logger
            )
            cluster = started
            owner = started.ownerConnectionString
            server = started.serverConnectionString
            role = nil
        case .url(let url):
            cluster = nil
            // Migrations take locks for longer than a transaction of a pooler may last.
            owner = configuration.databaseDirect ?? url
            server = url
            role = ClusterRoles.server
        }
        do {
            _ = try await migrate(owner, logger: logger)
            let pool = PostgresPool(
                PostgresPoolConfiguration(
                    connectionString: server,
                    role: role,
                    size: configuration.databaseConnections,
                    isPooled: configuration.databaseDirect != nil
                ),
                logger: logger
            )
            do {
                try await pool.transaction(tenant: nil, readOnly: true) {
                    try TenancyCheck.verify($0)
                }
            } catch {
                await pool.close()
                throw error
            }
            return DatabaseAccess(
                cluster: cluster,
                pool: pool,
                // A pooler passes no notifications on.
                connectionString: configuration.databaseDirect ?? server,
                role: role
            )
        } catch {
            await cluster?.release()
            throw error
        }
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

    /// Closes the pool, and stops the embedded cluster if nobody else uses it.
    func close() async {
        await pool.close()
        await cluster?.release()
    }
}
