import Logging

/// A private PostgreSQL below the server's data directory, made, started and stopped by us.
///
/// Several processes may use it at once (a command while the server runs); the last one to
/// release it stops it. It outlives a crash of its users: the next one finds it running. When it ends
/// by itself, or is killed, a `ClusterSupervisor` brings it back.
package struct EmbeddedCluster: Sendable {
    /// For migrations: the role that owns the schema.
    package let ownerConnectionString: String
    /// For backups and repairs.
    package let superuserConnectionString: String
    /// Where PostgreSQL's programs of the cluster's version are.
    package let binDirectory: String

    private let place: ClusterPlace
    let thread: ClusterThread

    /// For the server: a role that owns nothing and can't pass row security.
    package var serverConnectionString: String { connectionString(as: .server) }

    /// A login of its own for each part of the server: no way leads from one to another.
    package func connectionString(as role: DatabaseRole) -> String {
        place.connectionString(user: role.name)
    }

    /// Makes the cluster if there is none, starts it if it isn't running, and makes sure that it
    /// stays while this value is in use.
    ///
    /// The first time takes some three seconds; recovering after a power cut, up to minutes.
    ///
    /// - Parameter dataDirectory: The server's data directory; made if it isn't there.
    /// - Throws: `EmbeddedClusterError`, which says what to do, or `PostgresError`.
    package static func acquire(
        dataDirectory: String,
        logger: Logger
    ) async throws -> EmbeddedCluster {
        let thread = ClusterThread(logger: logger)
        let place = try await thread.acquire(dataDirectory: dataDirectory)
        return EmbeddedCluster(
            ownerConnectionString: place.connectionString(user: ClusterRoles.owner),
            superuserConnectionString: place.connectionString(user: "postgres"),
            binDirectory: place.binDirectory,
            place: place,
            thread: thread
        )
    }

    /// Ends this use; stops the server when nobody else uses it. Close the pools first.
    package func release() async {
        await thread.release()
    }
}
