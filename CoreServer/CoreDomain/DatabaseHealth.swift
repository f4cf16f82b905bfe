import CorePostgres

/// Whether the database answers.
package struct DatabaseHealth: Sendable {
    private let pool: PostgresPool
    private let isRestarting: @Sendable () -> Bool

    /// - Parameter isRestarting: whether it has ended and is being started again by us.
    package init(pool: PostgresPool, isRestarting: @escaping @Sendable () -> Bool) {
        self.pool = pool
        self.isRestarting = isRestarting
    }

    /// Who asks after readiness gives up soon itself; the pool would go on trying for ten seconds.
    private static let patience = Duration.seconds(2)

    /// What keeps it from answering, in words; `nil` where it answers.
    package func trouble() async -> String? {
        if await isReachable() { return nil }
        return isRestarting()
            ? "the database has ended and is being started again"
            : "the database can't be reached"
    }

    private func isReachable() async -> Bool {
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
