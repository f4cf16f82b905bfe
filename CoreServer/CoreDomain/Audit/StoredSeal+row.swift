import CoreAudit
import CorePostgres
import FleetModel

extension StoredSeal {
    /// As the table has it.
    init(_ row: PostgresRow, of tenant: TenantID) throws {
        func hash(_ column: String) throws -> AuditHash {
            guard let hash = AuditHash(bytes: try row.bytes(column)) else {
                throw DomainError(
                    .invalid,
                    "a seal of the audit was altered: its \(column) is no hash"
                )
            }
            return hash
        }
        self.init(
            seal: AuditSeal(
                tenant: tenant,
                number: try row.int64("seal_number"),
                first: try row.int64("first_sequence"),
                last: try row.int64("last_sequence"),
                signedAt: try row.timestamp("signed_at"),
                root: try hash("root"),
                previous: try hash("previous_hash"),
                key: try hash("key")
            ),
            hash: try hash("hash"),
            signature: try row.bytes("signature")
        )
    }
}
