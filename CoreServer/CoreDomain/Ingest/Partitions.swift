import CorePostgres
import FleetModel
import Synchronization

/// Makes the partitions that samples or log records need, before the transaction that stores them: making one
/// takes locks that an ingest transaction should not hold.
final class Partitions: Sendable {
    private let pool: PostgresPool
    /// Makes those of one moment.
    private let statement: Statement
    /// Days whose partitions are known to exist.
    private let ensured = Mutex<Set<Timestamp>>([])

    init(pool: PostgresPool, statement: Statement) {
        self.pool = pool
        self.statement = statement
    }

    func ensure(_ moments: [Timestamp], now: Timestamp) async throws {
        let days = Set(moments.map { $0.floored(to: .seconds(86_400)) })
        let missing = ensured.withLock { days.subtracting($0) }
        guard !missing.isEmpty else { return }
        for day in missing.sorted() {
            try await pool.transaction(tenant: nil) { [statement] connection in
                _ = try connection.execute(
                    statement,
                    .timestamp(day),
                    .timestamp(now)
                )
            }
        }
        ensured.withLock { known in
            // A ship with a wild clock must not grow this set for ever.
            if known.count > 10_000 { known.removeAll() }
            known.formUnion(missing)
        }
    }
}
