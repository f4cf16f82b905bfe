/// How a pool of connections behaves.
package struct PostgresPoolConfiguration: Sendable {
    /// A `postgres://` URL or libpq's `key=value` pairs. May hold a password; never logged.
    package var connectionString: String
    /// The role to take on at start-up, when the login is a more powerful one. It can't be left
    /// again with RESET ROLE.
    package var role: String?
    /// Connections at most, each with a thread of its own. They are opened when needed.
    package var size: Int
    /// After which the server stops a statement.
    package var statementTimeout: Duration
    /// How long a caller may wait for a connection, connecting included.
    package var acquireTimeout: Duration
    /// What `pg_stat_activity` shows.
    package var applicationName: String
    /// Callers that may wait for a connection; more are refused at once.
    package var waiterLimit: Int
    /// A pooler in transaction mode is in between: what a connection is told or prepares is gone after
    /// each transaction.
    package var isPooled: Bool

    package init(
        connectionString: String,
        role: String? = nil,
        size: Int = 8,
        statementTimeout: Duration = .seconds(30),
        acquireTimeout: Duration = .seconds(10),
        applicationName: String = "hawser",
        waiterLimit: Int = 1000,
        isPooled: Bool = false
    ) {
        precondition(size > 0, "a pool has at least one connection")
        precondition(waiterLimit >= 0, "a limit is not negative")
        self.connectionString = connectionString
        self.role = role
        self.size = size
        self.statementTimeout = statementTimeout
        self.acquireTimeout = acquireTimeout
        self.applicationName = applicationName
        self.waiterLimit = waiterLimit
        self.isPooled = isPooled
    }
}
