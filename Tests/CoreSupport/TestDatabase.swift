import CorePostgres

/// One test's own database, freshly migrated and empty.
package struct TestDatabase: Sendable {
    package let name: String
    /// The role that owns the schema.
    package let ownerConnectionString: String
    /// The role the server works as: owns nothing, can't pass row security.
    package var serverConnectionString: String { connectionString(as: .server) }
    /// By role.
    let logins: [DatabaseRole: String]
    /// For planting faults.
    package let superuserConnectionString: String

    /// As a part of the server.
    package func connectionString(as role: DatabaseRole) -> String { logins[role] ?? "" }
}
