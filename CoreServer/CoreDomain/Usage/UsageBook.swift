import CorePostgres
import FleetModel
import FleetRuntime
import Logging
import ServiceLifecycle
import Synchronization

/// Counts what tenants use, and writes it down every few seconds: never at a request.
///
/// A process that is killed forgets what it counted since it last wrote: five seconds of it.
package final class UsageBook: Service {
    private static let interval = Duration.seconds(5)

    private struct Key: Hashable {
        let tenant: TenantID
        let day: Int32
    }

    private struct Counts {
        var samples: Int64 = 0
        var bytes: Int64 = 0
        var requests: Int64 = 0

        mutating func add(_ other: Counts) {
            samples += other.samples
            bytes += other.bytes
            requests += other.requests
        }
    }

    private let pool: PostgresPool
    private let clock: WallClock
    private let logger: Logger
    private let counts = Mutex<[Key: Counts]>([:])

    package init(pool: PostgresPool, clock: WallClock, logger: Logger) {
        self.pool = pool
        self.clock = clock
        self.logger = logger
    }

    package func countRequest(of tenant: TenantID) {
        add(Counts(requests: 1), to: tenant)
    }

    func add(samples: Int64, bytes: Int64, to tenant: TenantID) {
        guard samples > 0 || bytes > 0 else { return }
        add(Counts(samples: samples, bytes: bytes), to: tenant)
    }

    private func add(_ more: Counts, to tenant: TenantID) {
        let key = Key(tenant: tenant, day: UsageDay.number(of: clock.now()))
        counts.withLock { $0[key, default: Counts()].add(more) }
    }

    /// Counted and not written yet.
    func pendingBytes(of tenant: TenantID, day: Int32) -> Int64 {
        counts.withLock { $0[Key(tenant: tenant, day: day)]?.bytes ?? 0 }
    }

    package func run() async throws {
        try? await cancelWhenGracefulShutdown { [self] in
            while true {
                try await Task.sleep(for: Self.interval)
                await flush()
            }
        }
        await flush()
    }

    /// Writes down what was counted; what can't be is kept for the next time.
    package func flush() async {
        let due = counts.withLock { counts in
            defer { counts = [:] }
            return counts
        }
        for (key, counted) in due {
            do {
                try await write(counted, key)
            } catch let error as PostgresError where error.code == .commitOutcomeUnknown {
                // Written or not, nobody knows; counting it again could bill it twice.
                logger.warning("usage of five seconds may be missing: \(error)")
            } catch {
                counts.withLock { $0[key, default: Counts()].add(counted) }
                logger.debug("usage was not written down: \(error)")
            }
        }
    }

    private func write(_ counted: Counts, _ key: Key) async throws {
        try await pool.transaction(tenant: key.tenant) { connection in
            _ = try connection.execute(
                UsageQueries.add,
                .int64(key.tenant.rawValue),
                .int32(key.day),
                .int64(counted.samples),
                .int64(counted.bytes),
                .int64(counted.requests)
            )
        }
    }
}
