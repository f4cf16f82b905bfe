import CorePostgres

enum HealthQueries {
    static let probe = Statement("probe_database", "SELECT 1 AS answer")

    static let all = [probe]
}
