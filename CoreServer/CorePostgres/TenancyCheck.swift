/// Proves at start-up that row security holds for the role the server works as.
///
/// It reads the catalogues, not the migrations: what counts is what an operator, a restored backup
/// or a forgotten GRANT made of them.
package enum TenancyCheck {
    /// Tables of all tenants together, which may lack a `tenant_id`.
    package static let sharedTables: Set<String> = ["schema_migrations"]

    /// Throws a `TenancyViolation` with every finding, or a `PostgresError`.
    ///
    /// - Parameters:
    ///   - connection: As the server's role, outside of any tenant's transaction.
    ///   - sharedTables: Tables in schema `hawser` that hold no tenant's rows.
    package static func verify(
        _ connection: PostgresConnection,
        sharedTables: Set<String> = sharedTables
    ) throws {
        var findings: [String] = []
        for query in TenancyQueries.all {
            for row in try connection.execute(query) { findings.append(try row.text("finding")) }
        }
        let tables = try connection.execute(
            TenancyQueries.tablesWithoutTenant,
            .textArray(sharedTables.sorted())
        )
        for row in tables { findings.append(try row.text("finding")) }
        guard findings.isEmpty else { throw TenancyViolation(findings: findings.sorted()) }
    }
}
