import CoreAudit
import CorePostgres
import FleetModel

/// Writes down a change in the transaction that makes it: either both are there, or neither.
struct AuditTrail {
    let tenant: TenantID
    let change: Change
    let now: Timestamp
    let connection: PostgresConnection

    /// - Parameters:
    ///   - action: a thing and a verb, such as `ship.create`.
    ///   - target: which thing, such as `ship/aurora`.
    ///   - before: what it was, as JSON without secrets; empty where it is new.
    ///   - after: what it is now; empty where it is gone.
    func note(
        _ action: String,
        _ target: String,
        before: String = "",
        after: String = ""
    ) throws {
        let row = try connection.execute(
            AuditQueries.begin,
            .int64(tenant.rawValue),
            .bytes(AuditEntry.start)
        ).first
        guard let row else { throw DomainError(.conflict, "the audit can't be written") }
        let entry = AuditEntry(
            tenant: tenant,
            sequence: try row.int64("sequence") + 1,
            at: now,
            actor: change.actor,
            action: action,
            target: target,
            before: before,
            after: after,
            reason: change.reason,
            requestID: change.requestID,
            revision: change.revision,
            previous: try row.bytes("hash")
        )
        let hash = entry.hash
        _ = try connection.execute(
            AuditQueries.insert,
            values: [
                .int64(tenant.rawValue), .int64(entry.sequence), .timestamp(now),
                .text(entry.actor), .text(action), .text(target), .text(before), .text(after),
                .text(entry.reason), .text(entry.requestID), .int64(entry.revision),
                .bytes(entry.previous), .bytes(hash),
            ]
        )
        _ = try connection.execute(
            AuditQueries.move,
            .int64(tenant.rawValue),
            .int64(entry.sequence),
            .bytes(hash)
        )
    }
}
