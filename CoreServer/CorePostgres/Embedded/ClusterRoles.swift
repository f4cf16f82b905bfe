/// The roles and the database that every cluster of ours has.
package enum ClusterRoles {
    package static let owner = "hawser_owner"
    package static let server = DatabaseRole.server.name
    /// All that may log in, beside the superuser.
    private static let logins = [owner] + working
    /// What the server's parts work as.
    private static let working = DatabaseRole.allCases.map(\.name)

    /// Makes whatever is missing. Run by a superuser.
    ///
    /// The owner is a member of the server's roles, so that it may grant to and act for them; never
    /// the other way round, and none of them is a member of another.
    package static func prepare(
        superuserConnectionString: String,
        database: String?
    ) throws {
        let connection = try PostgresConnection.open(
            ConnectionSettings(
                connectionString: superuserConnectionString,
                applicationName: "hawser-setup",
                searchPath: "pg_catalog"
            ),
            wakeup: Wakeup(),
            cancellation: nil,
            deadline: .now + PostgresLimits.connectTimeout
        )
        for role in logins where try connection.execute(findRole, .text(role)).isEmpty {
            try connection.run(
                script: """
                    CREATE ROLE \(role)
                    LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION
                    """
            )
        }
        try connection.run(script: "GRANT \(working.joined(separator: ", ")) TO \(owner)")
        guard let database else { return }
        if try connection.execute(findDatabase, .text(database)).isEmpty {
            try connection.run(
                script: "CREATE DATABASE \(Identifier.quoted(database)) OWNER \(owner)"
            )
        }
        try connection.run(script: rights(on: database))
    }

    /// Nobody but these may connect.
    package static func rights(on database: String) -> String {
        let name = Identifier.quoted(database)
        return """
            REVOKE ALL ON DATABASE \(name) FROM PUBLIC;
            GRANT CONNECT ON DATABASE \(name) TO \(working.joined(separator: ", "));
            ALTER DATABASE \(name) SET search_path = hawser, public;
            """
    }

    private static let findRole = Statement(
        "find_role",
        "SELECT rolname FROM pg_roles WHERE rolname = $1"
    )

    private static let findDatabase = Statement(
        "find_database",
        "SELECT datname FROM pg_database WHERE datname = $1"
    )
}
