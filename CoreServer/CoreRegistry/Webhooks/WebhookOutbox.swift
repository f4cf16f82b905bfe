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
        try connection.execute(
            WebhookQueries.enqueue,
            .int64(act.tenant.rawValue),
            .text(event.rawValue),
            .text(try WebhookMessage.body(event, data, at: act.now)),
            .timestamp(act.now),
            .int64(WebhookLimits.standard.waiting)
        )
    }
}
