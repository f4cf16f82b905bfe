import CoreAudit
import CorePostgres
import FleetModel

extension AuditEntry {
    /// As the table has it, right or wrong.
    init(_ row: PostgresRow, of tenant: TenantID) throws {
        self.init(
            tenant: tenant,
            sequence: try row.int64("sequence"),
            at: try row.timestamp("at"),
            actor: try row.text("actor"),
            action: try row.text("action"),
            target: try row.text("target"),
            before: try row.text("before"),
            after: try row.text("after"),
            reason: try row.text("reason"),
            requestID: try row.text("request_id"),
            revision: try row.int64("grants_revision"),
            previous: try row.bytes("previous_hash")
        )
    }
}
