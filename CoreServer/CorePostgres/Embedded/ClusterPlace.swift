/// Where a running cluster is reached.
struct ClusterPlace: Sendable {
    static let database = "hawser"

    let socketDirectory: String
    let binDirectory: String

    func connectionString(user: String, database: String = database) -> String {
        let host = socketDirectory.reduce(into: "") { text, character in
            if character == "'" || character == "\\" { text.append("\\") }
            text.append(character)
        }
        return "host='\(host)' port=5432 user=\(user) dbname=\(database)"
    }
}
