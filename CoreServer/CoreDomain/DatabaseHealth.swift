import CorePostgres

/// Whether the database answers.
package struct DatabaseHealth: Sendable {
    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// Who asks after readiness gives up soon itself; the pool would go on trying for ten seconds.
    private static let patience = Duration.seconds(2)

    package func isReachable() async -> Bool {
        await withTaskGroup(of: Bool.self) { [pool] group in
            group.addTask {
                do {
                    // A transaction begins with its first statement: without one nothing is asked.
                    try await pool.transaction(tenant: nil, readOnly: true) { connection in
                        try connection.execute(HealthQueries.probe)
                    }
                    return true
                } catch {
                    return false
                }
            }
            group.addTask {
                try? await Task.sleep(for: Self.patience)
                return false
            }
            let isReachable = await group.next() ?? false
            group.cancelAll()
            return isReachable
        }
    }
}
