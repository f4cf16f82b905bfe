/// One test's own database, freshly migrated and empty.
package struct TestDatabase: Sendable {
    package let name: String
    /// The role that owns the schema.
    package let ownerConnectionString: String
    /// The role the server works as: owns nothing, can't pass row security.
    package let serverConnectionString: String
    /// For planting faults.
    package let superuserConnectionString: String
}
