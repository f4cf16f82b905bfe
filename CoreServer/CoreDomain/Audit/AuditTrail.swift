import CoreAudit
import CorePostgres
import FleetModel

/// Writes down a change in the transaction that makes it: either both are there, or neither.
package struct AuditTrail {
    let tenant: TenantID
    let change: Change
    let now: Timestamp
    let connection: PostgresConnection

    /// - Parameters:
    ///   - action: a thing and a verb, such as `ship.create`.
    ///   - target: which thing, such as `ship/aurora`.
    ///   - before: what it was, as JSON without secrets; empty where it is new.
    ///   - after: what it is now; empty where it is gone.
    package func note(
        _ action: String,
        _ target: String,
        before: String = "",
        after: String = ""
    ) throws {
        try Self.note(
            [
                Noted(
                    change: change,
                    now: now,
                    action: action,
                    target: target,
                    before: before,
                    after: after
                )
            ],
            of: tenant,
            connection
        )
    }

    /// What one of several changes in one transaction is noted as.
    package struct Noted {
        let change: Change
        let now: Timestamp
        let action: String
        let target: String
        let before: String
        let after: String

        package init(
            change: Change,
            now: Timestamp,
            action: String,
            target: String,
            before: String = "",
            after: String = ""
        ) {
            self.change = change
            self.now = now
            self.action = action
            self.target = target
            self.before = before
            self.after = after
        }
    }

    /// Notes changes of one transaction in their order, by whomever each is: as many statements as for
    /// one.
    package static func note(
        _ noted: [Noted],
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws {
        guard !noted.isEmpty else { return }
        let row = try connection.execute(
            AuditQueries.begin,
            .int64(tenant.rawValue),
            .bytes(AuditEntry.start)
        ).first
        guard let row else { throw DomainError(.conflict, "the audit can't be written") }
        var (sequence, hash) = (try row.int64("sequence"), try row.bytes("hash"))
        var entries: [AuditEntry] = []
        var hashes: [[UInt8]] = []
        for one in noted {
            sequence += 1
            let entry = AuditEntry(
                tenant: tenant,
                sequence: sequence,
                at: one.now,
                actor: one.change.actor,
                action: one.action,
                target: one.target,
                before: one.before,
                after: one.after,
                reason: one.change.reason,
                requestID: one.change.requestID,
                revision: one.change.revision,
                previous: hash
            )
            hash = entry.hash
            entries.append(entry)
            hashes.append(hash)
        }
        try connection.execute(
            AuditQueries.insert,
            values: [
                .int64(tenant.rawValue), .int64(sequence), .bytes(hash),
                .int64Array(entries.map(\.sequence)), .timestampArray(entries.map(\.at)),
                .textArray(entries.map(\.actor)), .textArray(entries.map(\.action)),
                .textArray(entries.map(\.target)), .textArray(entries.map(\.before)),
                .textArray(entries.map(\.after)), .textArray(entries.map(\.reason)),
                .textArray(entries.map(\.requestID)), .int64Array(entries.map(\.revision)),
                .bytesArray(entries.map(\.previous)), .bytesArray(hashes),
            ]
        )
    }
}
