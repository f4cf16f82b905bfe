import CorePostgres
import FleetModel
import FleetRuntime
import Synchronization

/// Tenants' limits as this process knows them, read anew every few seconds, and how fast each tenant
/// goes.
package final class QuotaBook: Sendable {
    /// After this a limit is read anew: a change holds within it.
    package static let freshness = Duration.seconds(3)

    /// What holds for a tenant now.
    struct Page: Sendable {
        let quota: Quota
        /// Of the day on which it was read.
        let bytesToday: Int64
        let day: Int32
        let storageBytes: Int64
    }

    private struct Entry {
        var page: Page?
        var readAt: ContinuousClock.Instant
        var requests: TokenBucket
        var samples: TokenBucket
    }

    private let pool: PostgresPool
    private let standard: Quota
    private let clock: WallClock
    private let entries = Mutex<[TenantID: Entry]>([:])
    private let refusals: Counter

    package init(pool: PostgresPool, standard: Quota, clock: WallClock, registry: MetricsRegistry) {
        self.pool = pool
        self.standard = standard
        self.clock = clock
        refusals = registry.counter(
            "hawser_quota_refusals_total",
            help:
                "Requests and sessions turned away because a tenant's limit is reached, by limit.",
            labels: ["limit"]
        )
        for limit in Quota.Limit.allCases { refusals.increment(by: 0, limit.rawValue) }
    }

    /// Counts a refusal that was decided elsewhere.
    package func refused(_ limit: String) { refusals.increment(limit) }

    /// What a tenant may have of something, if that is limited.
    package func limit(_ limit: Quota.Limit, of tenant: TenantID) async throws -> Int64? {
        try await page(of: tenant).quota[limit]
    }

    /// Lets a request of a tenant in.
    ///
    /// - Throws: `DomainError` `quotaExceeded`, with the time after which there is room.
    package func admitRequest(of tenant: TenantID) async throws {
        let quota = try await page(of: tenant).quota
        guard let rate = quota[.apiRequestsPerSecond] else { return }
        let size = Double(quota[.apiBurst] ?? 2 * rate)
        let now = ContinuousClock.now
        let wait = entries.withLock {
            $0[tenant]?.requests.takeOne(rate: Double(rate), size: size, at: now)
        }
        guard let wait else { return }
        refused(Quota.Limit.apiRequestsPerSecond.rawValue)
        throw DomainError.quota(
            .apiRequestsPerSecond,
            rate,
            retryAfter: max(1, Int(wait.rounded(.up)))
        )
    }

    /// Seconds until the samples that came are within the tenant's rate.
    func sampleDebt(of tenant: TenantID, rate: Int64) -> Double {
        let now = ContinuousClock.now
        return entries.withLock {
            $0[tenant]?.samples.debt(rate: Double(rate), size: Self.burst(rate), at: now) ?? 0
        }
    }

    /// Samples come in segments of minutes: ten seconds' worth may come at once.
    private static func burst(_ rate: Int64) -> Double { Double(rate) * 10 }

    func charge(samples: Int64, to tenant: TenantID) {
        entries.withLock { $0[tenant]?.samples.charge(Double(samples)) }
    }

    /// The tenant's page, from the database where this one is old.
    func page(of tenant: TenantID) async throws -> Page {
        let now = ContinuousClock.now
        // One reads, the others go by what is known meanwhile.
        let known: Page? = entries.withLock { entries in
            guard let entry = entries[tenant], let page = entry.page else { return nil }
            if now - entry.readAt > Self.freshness {
                entries[tenant]?.readAt = now
                return nil
            }
            return page
        }
        if let known { return known }
        let page: Page
        do {
            page = try await read(tenant)
        } catch {
            // A database that is away for a moment ends no session: what was known holds meanwhile.
            guard !(error is CancellationError),
                let stale = entries.withLock({ $0[tenant]?.page })
            else { throw error }
            return stale
        }
        entries.withLock { entries in
            if entries[tenant] == nil {
                let quota = page.quota
                let rate = quota[.apiRequestsPerSecond] ?? 0
                entries[tenant] = Entry(
                    page: page,
                    readAt: now,
                    requests: TokenBucket(size: Double(quota[.apiBurst] ?? 2 * rate), at: now),
                    samples: TokenBucket(
                        size: Self.burst(quota[.ingestSamplesPerSecond] ?? 0),
                        at: now
                    )
                )
            } else {
                entries[tenant]?.page = page
                entries[tenant]?.readAt = now
            }
        }
        return page
    }

    private func read(_ tenant: TenantID) async throws -> Page {
        let (standard, day) = (standard, UsageDay.number(of: clock.now()))
        return try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            let desk = QuotaDesk(tenant: tenant, standard: standard, connection: connection)
            let row = try connection.execute(
                QuotaQueries.usage,
                .int64(tenant.rawValue),
                .int32(day)
            ).first
            return Page(
                quota: try desk.quota(),
                bytesToday: try row?.int64("bytes_in") ?? 0,
                day: day,
                storageBytes: try row?.int64("storage_bytes") ?? 0
            )
        }
    }
}
