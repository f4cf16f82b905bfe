import CorePostgres

/// Whether the database answers.
package struct DatabaseHealth: Sendable {
    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    package func isReachable() async -> Bool {
        do {
            try await pool.transaction(tenant: nil, readOnly: true) { _ in }
            return true
        } catch {
            return false
        }
    }
}
