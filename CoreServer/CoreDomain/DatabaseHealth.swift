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
                    try await pool.transaction(tenant: nil, readOnly: true) { _ in }
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
