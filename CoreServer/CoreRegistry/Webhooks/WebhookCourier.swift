import CoreDomain
import CorePostgres
import FleetModel
import FleetRuntime
import Logging
import ServiceLifecycle
import Synchronization

/// Delivers what waits, at least once: an attempt is written down before it is made, and what nobody
/// says is done comes up again, here or with another replica.
///
/// Webhooks are served side by side, each one delivery at a time and oldest first as long as it takes
/// them; one that does not is left alone for a while, so that it costs the others nothing.
package final class WebhookCourier: Service {
    private static let pause = Duration.milliseconds(500)

    private let pool: PostgresPool
    private let vault: TenantVault
    private let sender: WebhookSender
    private let clock: WallClock
    private let limits: WebhookLimits
    private let metrics: WebhookMetrics
    private let logger: Logger
    private let throttle = Throttle(every: PeriodicService.failureLogInterval)
    /// At work on in this process.
    private let busy = Mutex<Set<WebhookPlace>>([])

    package init(
        pool: PostgresPool,
        vault: TenantVault,
        sender: WebhookSender,
        clock: WallClock,
        limits: WebhookLimits = .standard,
        metrics: WebhookMetrics,
        logger: Logger
    ) {
        self.pool = pool
        self.vault = vault
        self.sender = sender
        self.clock = clock
        self.limits = limits
        self.metrics = metrics
        self.logger = logger
    }

    /// Until the process is to end; attempts that were begun are finished.
    package func run() async throws {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled, !Task.isShuttingDownGracefully {
                for place in await due() {
                    group.addTask { await self.serve(place) }
                }
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.pause) }
            }
        }
    }

    /// All that is due now, for tests: returns when nothing is.
    package func runDue() async {
        while true {
            let places = await due()
            guard !places.isEmpty else { return }
            await withDiscardingTaskGroup { group in
                for place in places { group.addTask { await self.serve(place) } }
            }
        }
    }

    /// Webhooks to serve that nobody serves here; they count as served from now on.
    private func due() async -> [WebhookPlace] {
        let free = limits.slots - busy.withLock(\.count)
        guard free > 0 else { return [] }
        let (now, most) = (clock.now(), Int32(limits.slots))
        do {
            let found = try await pool.transaction(tenant: nil, readOnly: true) { connection in
                try connection.execute(
                    WebhookQueries.due,
                    .timestamp(now),
                    .int32(most)
                ).map { row in
                    WebhookPlace(
                        tenant: TenantID(try row.int64("tenant_id")),
                        id: try row.text("webhook_id")
                    )
                }
            }
            return busy.withLock { busy in
                let new = Array(found.filter { !busy.contains($0) }.prefix(free))
                busy.formUnion(new)
                return new
            }
        } catch {
            note(error)
            return []
        }
    }

    private func note(_ error: any Error) {
        guard !Task.isCancelled else { return }
        throttle.log(
            logger,
            .error,
            "webhooks could not be looked after and will be again",
            metadata: [LogKey.error: "\(error)"]
        )
    }

    private func serve(_ place: WebhookPlace) async {
        defer { busy.withLock { _ = $0.remove(place) } }
        do {
            while !Task.isCancelled, !Task.isShuttingDownGracefully,
                let claim = try await claim(place)
            {
                guard try await deliver(claim, to: place) else { return }
            }
        } catch {
            note(error)
        }
    }

    private struct Claim: Sendable {
        let number: Int64
        let id: String
        let body: String
        let attempt: Int32
        let createdAt: Timestamp
        let url: String
        let secret: [UInt8]?
    }

    private func claim(_ place: WebhookPlace) async throws -> Claim? {
        let (now, lease) = (clock.now(), limits.lease)
        return try await pool.transaction(tenant: place.tenant) { [vault] connection in
            let row = try connection.execute(
                WebhookQueries.claim,
                .int64(place.tenant.rawValue),
                .text(place.id),
                .timestamp(now),
                .timestamp(now + lease)
            ).first
            guard let row,
                let webhook = try WebhookSecret.open(
                    place.id,
                    of: place.tenant,
                    vault,
                    connection
                )
            else { return nil }
            return Claim(
                number: try row.int64("delivery_number"),
                id: try row.text("delivery_id"),
                body: try row.text("body"),
                attempt: try row.int32("attempts"),
                createdAt: try row.timestamp("created_at"),
                url: webhook.url,
                secret: webhook.secret
            )
        }
    }

    /// - Returns: whether it was taken.
    private func deliver(_ claim: Claim, to place: WebhookPlace) async throws -> Bool {
        let answer = await sender.send(
            claim.body,
            id: claim.id,
            to: claim.url,
            secret: claim.secret,
            attempt: Int(claim.attempt)
        )
        try Task.checkCancellation()
        let isDead = try await settle(claim, place, answer)
        metrics.attempts.increment(answer.isSuccess ? "delivered" : "failed")
        if isDead {
            metrics.dead.increment()
            // The URL may hold a secret of the receiver's.
            logger.error(
                "a delivery to a webhook was given up",
                metadata: [
                    "tenant": "\(place.tenant)", "webhook": "\(place.id)",
                    LogKey.attempt: "\(claim.attempt)", LogKey.reason: "\(answer.reason)",
                ]
            )
        }
        return answer.isSuccess
    }

    private func settle(
        _ claim: Claim,
        _ place: WebhookPlace,
        _ answer: WebhookAnswer
    ) async throws -> Bool {
        let (now, limits, random) = (clock.now(), limits, Double.random(in: 0..<1))
        let delay = limits.delay(
            after: claim.attempt,
            upTo: limits.retryCeiling,
            random: random
        )
        let isDead =
            !answer.isSuccess
            && (claim.attempt >= limits.attempts || now + delay >= claim.createdAt + limits.age)
        let isOver = answer.isSuccess || isDead
        try await pool.transaction(tenant: place.tenant) { connection in
            let key: [PostgresValue] = [.int64(place.tenant.rawValue), .text(place.id)]
            try connection.execute(
                WebhookQueries.settle,
                values: [
                    .int64(place.tenant.rawValue), .int64(claim.number), .int32(claim.attempt),
                    .text(
                        answer.isSuccess ? "delivered" : isDead ? "dead" : "waiting"
                    ), .timestamp(isOver ? now : now + delay),
                    .optional(answer.status.map(Int32.init), PostgresValue.int32),
                    answer.isSuccess ? .null : .text(String(answer.reason.prefix(500))),
                    isOver ? .timestamp(now) : .null,
                ]
            )
            if answer.isSuccess {
                try connection.execute(WebhookQueries.succeed, values: key)
            } else {
                let row = try connection.execute(WebhookQueries.failures, values: key).first
                let failures = min((try row?.int32("failures") ?? 0) + 1, 1_000_000)
                let pause = limits.delay(
                    after: failures,
                    upTo: max(limits.pauseCeiling, limits.retryFloor),
                    random: random
                )
                try connection.execute(
                    WebhookQueries.pause,
                    values: key + [.int32(failures), .timestamp(now + pause)]
                )
            }
        }
        return isDead
    }
}
