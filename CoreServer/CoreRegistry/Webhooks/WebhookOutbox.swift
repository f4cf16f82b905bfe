import CoreDomain
import CorePostgres
import FleetModel

/// Puts down whom to tell of a change, in the transaction that makes it: either both are there, or
/// neither.
enum WebhookOutbox {
    static func add(
        _ event: WebhookEvent,
        _ data: [String: WebhookValue],
        _ act: Act,
        _ connection: PostgresConnection
    ) throws {
        try add(event, [(data, act.now)], of: act.tenant, connection)
    }

    /// Of things that happen together, in their order.
    static func add(
        _ event: WebhookEvent,
        _ data: [(data: [String: WebhookValue], at: Timestamp)],
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws {
        guard let now = data.map(\.at).max() else { return }
        let bodies = try data.map { try WebhookMessage.body(event, $0.data, at: $0.at) }
        try connection.execute(
            WebhookQueries.enqueue,
            .int64(tenant.rawValue),
            .text(event.rawValue),
            .textArray(bodies),
            .timestamp(now),
            .int64(WebhookLimits.standard.waiting)
        )
    }
}
