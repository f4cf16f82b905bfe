import CorePostgres

extension TestDatabase {
    /// The one that a core-server keeps in its data directory.
    package static func embedded(in data: String) -> TestDatabase {
        func connection(_ user: String) -> String {
            "host='\(data)/socket' port=5432 user=\(user) dbname=hawser"
        }
        return TestDatabase(
            name: "hawser",
            ownerConnectionString: connection(ClusterRoles.owner),
            logins: Dictionary(
                uniqueKeysWithValues: DatabaseRole.allCases.map { ($0, connection($0.name)) }
            ),
            superuserConnectionString: connection("postgres")
        )
    }
}
