import CorePostgres
import FleetModel
import FleetRuntime
import FoundationEssentials
import Logging
import ServiceLifecycle
import Synchronization

/// Brings failed sign-ins into the audit of the account's tenant: one entry for each account and address
/// in a window, with their number, so that whoever guesses can't flood it.
///
/// Names that nobody has are counted together and not written down: somebody may have typed a password
/// there. A process that is killed forgets what it has not written: a window of it.
package final class FailedSignIns: Service {
    /// What comes within it is one entry.
    package static let window = Duration.seconds(60)
    /// Entries of one tenant in one window; what is beyond is counted in a last one.
    private static let entriesOfTenant = 50

    struct Key: Hashable {
        let tenant: TenantID
        /// `nil`: names that nobody has, and what is beyond the limit.
        let account: String?
        /// `nil`: several.
        let address: String?
    }

    struct Count {
        var failures = 0
        var first: Timestamp
        var last: Timestamp
        /// Of the last.
        var requestID: String

        mutating func add(_ other: Count) {
            failures += other.failures
            first = min(first, other.first)
            if other.last >= last { (last, requestID) = (other.last, other.requestID) }
        }
    }

    private let pool: PostgresPool
    private let clock: WallClock
    private let logger: Logger
    private let counts = Mutex<[TenantID: [Key: Count]]>([:])

    package init(pool: PostgresPool, clock: WallClock, logger: Logger) {
        self.pool = pool
        self.clock = clock
        self.logger = logger
    }

    func note(
        _ verdict: Passwords.Verdict,
        in tenant: TenantID,
        from address: String,
        requestID: String
    ) {
        let account: String?
        switch verdict {
        case .right: return
        case .refused(let name): account = name
        case .unknown: account = nil
        }
        let now = clock.now()
        add(
            Count(failures: 1, first: now, last: now, requestID: requestID),
            to: Key(tenant: tenant, account: account, address: address)
        )
    }

    private func add(_ count: Count, to wanted: Key) {
        counts.withLock { counts in
            let ofTenant = counts[wanted.tenant] ?? [:]
            let hasRoom = ofTenant[wanted] != nil || ofTenant.count < Self.entriesOfTenant
            let key = hasRoom ? wanted : Key(tenant: wanted.tenant, account: nil, address: nil)
            var sum = ofTenant[key] ?? count
            if ofTenant[key] != nil { sum.add(count) }
            counts[wanted.tenant, default: [:]][key] = sum
        }
    }

    package func run() async throws {
        try? await cancelWhenGracefulShutdown { [self] in
            while true {
                try await Task.sleep(for: Self.window)
                await write()
            }
        }
        await write()
    }

    /// Writes down what was counted; what can't be is kept for the next time.
    package func write() async {
        let due = counts.withLock { counts in
            defer { counts = [:] }
            return counts.values.flatMap { $0 }
        }
        for (key, count) in due {
            do {
                try await write(count, key)
            } catch let error as PostgresError where error.code == .commitOutcomeUnknown {
                logger.warning("failed sign-ins may be missing in the audit: \(error)")
            } catch let error as PostgresError where error.sqlState == "23503" {
                logger.debug("failed sign-ins at a tenant that is gone are dropped")
            } catch {
                add(count, to: key)
                logger.warning("failed sign-ins are not in the audit yet: \(error)")
            }
        }
    }

    private struct Details: Encodable {
        let address: String?
        let failures: Int
        let firstAt: String
        let lastAt: String
    }

    private func write(_ count: Count, _ key: Key) async throws {
        let now = clock.now()
        let details = Details(
            address: key.address,
            failures: count.failures,
            firstAt: "\(count.first)",
            lastAt: "\(count.last)"
        )
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(details), as: UTF8.self)
        try await pool.transaction(tenant: key.tenant) { connection in
            let change = Change(actor: "nobody", requestID: count.requestID)
            try AuditTrail(tenant: key.tenant, change: change, now: now, connection: connection)
                .note(
                    "session.refuse",
                    key.account.map { "user/\($0)" } ?? "user",
                    after: text
                )
        }
    }
}
